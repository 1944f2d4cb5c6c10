"""Reads a site's properties: the types of their values, the tables of them, versions, and the problems found on the way."""
