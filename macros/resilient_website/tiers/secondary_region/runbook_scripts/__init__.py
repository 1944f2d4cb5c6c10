"""Scripts of the runbook's steps, one per module, which AWS Systems Manager Automation runs with boto3 only.

Each is the handler of a step `aws:executeScript`: it gets the step's InputPayload, reads first what is done, so that it
can be repeated, and ends within 600 seconds; what takes longer is tried again by the step.
"""
