"""Starts a site: a folder that deploys as it is."""
