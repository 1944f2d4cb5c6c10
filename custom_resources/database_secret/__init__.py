"""Rotates the password of an RDS instance's master user through the RDS API, without a database connection.

`handler` is the Lambda entry point and finds the instance in the function's own stack; `password` reads the secret's
value; `instance` calls RDS.
"""
