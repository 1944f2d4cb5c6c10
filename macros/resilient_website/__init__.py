"""Expands the compact resource `ResilientWebsite` into a website with no single point of failure.

The way through: `handler` (Lambda's door) or `build_templates.py` (the laptop's) calls `expand.expand_template`, which
parses every site of a template into a `site.SiteSpec`, builds its tiers (`tiers/`), merges their resources into the
template and rewrites the references to the site (`references`).
"""
