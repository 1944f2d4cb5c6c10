"""Builds the documentation as a website, strictly: a broken link or an unlisted page is an error."""
