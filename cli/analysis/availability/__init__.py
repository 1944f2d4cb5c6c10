"""Derives what a site's visitors get when something fails, from the CloudFormation template alone.

`model.py` is the entry point. It follows the template's references hop by hop, like a request. What it can't derive is
reported as unknown, with the place.
"""
