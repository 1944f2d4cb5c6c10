"""Reads what the primary half of a site publishes in the Region of its copy.

`handler` is the Lambda entry point, `properties` reads the request, and `published` reads the values from Parameter
Store.
"""
