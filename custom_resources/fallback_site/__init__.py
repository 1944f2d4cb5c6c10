"""Publishes the fallback site: the friendly page that visitors get while the real site can't answer.

`handler` is CloudFormation's door; `properties` reads the request, `page` renders, `publish` keeps the bucket right.
"""
