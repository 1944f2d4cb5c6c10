"""Rotates, without downtime, the secret header by which a site's load balancer recognizes its CloudFront distribution.

`handler` is the Lambda entry point; `places` finds where the value is used in the function's own stack; `header`
defines the order of the changes; `listener_rules` and `distributions` each call one API.
"""
