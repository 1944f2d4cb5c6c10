"""Expands the compact resource `ResilientWebsite` into a website with no single point of failure.

Control flow: `handler` (the Lambda entry point) or `build_templates.py` (the command line) calls
`expand.expand_template`, which parses every site of a template into a `site.SiteSpec`, builds its tiers (`tiers/`),
merges their resources into the template and rewrites the references to the site (`references`).
"""
