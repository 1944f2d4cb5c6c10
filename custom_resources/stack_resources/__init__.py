"""What a custom resource's function has to know of the other resources of its stack before it deletes anything."""
