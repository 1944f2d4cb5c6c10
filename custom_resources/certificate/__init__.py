"""Makes an ACM certificate in another Region than the stack's, since CloudFront takes its own from us-east-1 only.

`handler` is CloudFormation's door; `properties` reads the request, `issuance` requests and validates a certificate,
`removal` deletes it, `ownership` tells which certificates are whose, and `failures` says what to do when it fails.
"""
