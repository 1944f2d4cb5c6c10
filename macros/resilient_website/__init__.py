"""Expands the compact resource `ResilientWebsite` into a website with no single point of failure.

The call path: `handler` (on Lambda) or a command of `cli` (on your machine) calls `expand.expand_template`, which reads
every site of a template into a `site.SiteSpec`, builds its tiers (`tiers/`), merges their resources into the template
and rewrites the references to the site (`references`).
"""

from resilient_website.lazy_imports import UNUSED, import_lazily

# Before any module imports troposphere.
for _name in UNUSED:
    import_lazily(_name)
