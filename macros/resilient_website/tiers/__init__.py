"""The tiers of a site, one file each: its defaults in one table, its specification, its result and `build()`."""
