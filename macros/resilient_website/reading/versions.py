"""Versions of the expansion: a template names the one that it was written for, and keeps it through every upgrade.

A released version expands to the same bytes for ever: `tests/goldens/released/` holds each of them to that. What shall
expand otherwise gets a new version; the tables of properties say what a default was before (`prop(..., before=...)`).
"""

# Released, the oldest first.
VERSIONS = (1,)
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
