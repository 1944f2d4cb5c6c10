"""The Lambda functions of a site's stack, for tasks without a CloudFormation resource.

`kind` describes one, `code` says how its code comes into the stack, `resources` writes it with its role and log group,
`alarms` watches those that run without a deployment, and `registry` lists them all. A template has one function of a
kind for all of its sites.
"""
