"""Shared by the functions that rotate a secret: the steps of a rotation, and the reporting of failures.

`steps` implements Secrets Manager's protocol, `lambda_entry` is the Lambda entry point, and `own_stack` finds the
resources that use a secret in the function's own stack. `origin_secret` and `database_secret` change those resources.
"""
