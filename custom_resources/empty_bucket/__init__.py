"""Auto-deletes the objects of a bucket that CloudFormation is about to delete: S3 only deletes empty buckets.

`handler` is the Lambda entry point, `properties` reads the request, and `deletion_check` finds out whether the bucket
is really being deleted.
"""
