"""Code that is inlined in the template, for functions that belong to a single site."""
