"""Rotates the password of an RDS instance's master user by RDS's own API: no connection to the database is made.

`handler` is Secrets Manager's door; `password` is the secret's value; `instance` asks and tells RDS.
"""
