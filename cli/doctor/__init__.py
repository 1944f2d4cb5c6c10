"""The command `doctor`: what of a template goes out of support, and when."""
