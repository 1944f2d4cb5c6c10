"""The command `schema`: what editors and linters need to know the properties of a site."""
