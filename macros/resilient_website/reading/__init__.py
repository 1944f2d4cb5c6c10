"""Reads a site's properties: property types, what was given, versions, and problems."""
