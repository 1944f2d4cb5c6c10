"""What all custom resources share: `resource` answers CloudFormation, one answer a request, and one that arrives.

`polling` calls a function again each minute, `new_rights` waits for the function's policies, `properties` reads a
request's properties, `owner` marks what is made for it, and `aws_errors` knows AWS's codes.
"""
