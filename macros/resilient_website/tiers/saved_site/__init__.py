"""The saved site: a static copy of the site, for use during outages.

`saving` saves it, at deployment and on a schedule; `serving` serves it; `preference` makes CloudFront use it.
"""
