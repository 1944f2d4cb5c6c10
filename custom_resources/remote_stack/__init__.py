"""Manages a small stack in another Region, since CloudFormation only creates resources in the stack's own Region.

`handler` is the Lambda entry point, `properties` reads the request, `stack` names and describes stacks, `deploy`
creates and updates them, `removal` deletes them with the contents of their buckets, `waiting` polls and retries until
a deadline, and `failures` words the error messages.
"""
