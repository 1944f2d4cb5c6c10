"""What the functions that rotate a secret have in common: the order of a rotation, and how a failure is reported.

`steps` is Secrets Manager's protocol, `door` is Lambda's side of it, and `own_stack` finds what uses a secret in the
function's own stack. What is changed there is in `origin_secret` and `database_secret`.
"""
