"""The properties of the tables, of which the reference has one entry each."""

from cli.analysis.updates.property_tree import every_property

PROPERTIES = [located for located in every_property() if not located.is_plain_group]
# The version decides how all others expand, and maps to no property itself: tests/released/ is about it.
MAPPED = [located for located in PROPERTIES if located.name != "Version"]
