"""Keeps a static copy of the real site, for the time when the site can't answer.

`handler` is the door: CloudFormation's, the schedule's and an operator's. `properties` reads what it is told, `save`
is the flow on one screen: capture the site (`crawl`, or `bucket_source`), then `publish` it as a new version and switch
to it (`versions`). What a browser asks for on a saved page is rewritten by `page` and `stylesheet`; `addresses` says
which key a path of the site is saved under.
"""
