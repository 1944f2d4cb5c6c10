"""The tiers of a site, one module or folder each: property table, specification, result and `build()`."""
