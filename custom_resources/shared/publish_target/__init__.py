"""What a custom resource's function has to know before it puts something into a bucket of its stack, or deletes it."""
