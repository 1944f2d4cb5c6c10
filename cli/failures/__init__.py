"""Shows what visitors get when something fails, from the template alone."""
