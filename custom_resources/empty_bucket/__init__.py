"""Empties a bucket that CloudFormation is about to delete, which S3 would refuse while there are objects in it.

`handler` is CloudFormation's door, `properties` reads the request, and `departure` tells whether the bucket
really goes.
"""
