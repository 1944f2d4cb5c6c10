"""Permanently deletes objects with all their versions, so that their bucket can be deleted."""
