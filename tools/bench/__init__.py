"""How fast an expansion is: `make bench`."""
