"""Rotates the password of an RDS instance's master user by RDS's own API: no connection to the database is made.

`handler` answers Secrets Manager, and finds the instance in the function's own stack; `password` reads the secret's
value; `instance` calls RDS.
"""
