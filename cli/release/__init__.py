"""Releases an application to a deployed site: an archive in S3, and an update that replaces the servers."""
