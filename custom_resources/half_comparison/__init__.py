"""Whether both halves of a site with a copy in another Region were deployed with the same file and values.

`handler` is the Lambda entry point, `request` reads what the schedule sends, and `declared` compares what both halves
declare.
"""
