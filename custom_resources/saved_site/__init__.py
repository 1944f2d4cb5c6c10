"""Keeps a static copy of the real site, for the time when the site can't answer.

`handler` takes CloudFormation's requests, the schedule's and an operator's. `properties` reads them, `save` is the flow
on one screen: capture the site (`crawl`, or `bucket_source`), then `publish` it as a new version and switch to it
(`versions`). `fetch` asks, over a `connection` to addresses of the internet only; `protection` says what may not be
stored. What a browser asks for on a saved page is rewritten by `page` and `stylesheet`, on the forward scanners of
`scan` and `html_tokens`, in the process of `worker`; `addresses` says which key a path of the site is saved under.
"""
