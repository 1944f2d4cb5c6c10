"""What is in a bucket, with all versions: deleted for good, so that the bucket can be deleted too."""
