"""What the functions that rotate a secret have in common: the order of a rotation, and how a failure is told.

`steps` is Secrets Manager's protocol, `door` is Lambda's side of it. What a secret is for is known elsewhere, in
`origin_secret` and `database_secret`.
"""
