"""Rotates the secret header by which a site's load balancer knows its CloudFront distribution, without a gap.

`handler` is Secrets Manager's door; `places` finds where the value is in use, by tags; `header` says in which order the
value changes there; `listener_rules` and `distributions` each know one API.
"""
