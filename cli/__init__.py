"""The ways to launch a site from a laptop; `build_templates.py` is their command line."""
