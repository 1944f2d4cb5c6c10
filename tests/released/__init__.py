"""Released versions of the expansion, and what each of them made of many sites, for ever: `make release-goldens`."""
