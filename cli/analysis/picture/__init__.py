"""The architecture of an expanded template as a picture: Regions, zones, subnets, tiers, and the ways between them."""
