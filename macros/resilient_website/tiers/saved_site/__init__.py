"""The saved site: a static copy of the real one, kept for the time when it can't answer.

`saving` has it saved, at deployment and on a schedule; `serving` answers with it; `preference` makes CloudFront ask.
"""
