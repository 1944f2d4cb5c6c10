"""Keeps a static copy of the website, which is served while the website is unavailable.

`handler` is the Lambda entry point for CloudFormation, the schedule and operators. `properties` reads a request. `save`
is the main flow: capture the site (`crawl` or `bucket_source`), `publish` it as a new version, and switch to that
version (`versions`). `fetch` sends requests over a `connection`, which only accepts public addresses; `protection`
decides what may not be stored. `page` and `stylesheet` rewrite references, using the forward-only scanners of `scan`
and `html_tokens`, in the process of `worker`. `addresses` maps a path of the site to its key.
"""
