"""Checks before a custom resource writes to a bucket of its stack or deletes from it: ownership and prefix."""
