"""Rotates the secret header by which a site's load balancer knows its CloudFront distribution, without a gap.

`handler` answers Secrets Manager; `places` finds where the value is in use, in the function's own stack; `header` has
the order in which the value changes there; `listener_rules` and `distributions` each call one API.
"""
