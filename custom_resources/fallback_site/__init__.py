"""Publishes the fallback site: the friendly page that visitors get while the website is unavailable.

`handler` is the Lambda entry point, `properties` reads the request, `page` renders the page, and `publish` uploads and
removes it.
"""
