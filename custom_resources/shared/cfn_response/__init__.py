"""Shared by all custom resources: `resource` delivers exactly one response per request to CloudFormation.

`polling` calls a function again every minute, `properties` reads a request's properties, and `owner` names and tags
what is created for it.
"""
