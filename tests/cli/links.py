"""Reads quick-create links as the Console does."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Link:
    """What a link fills the Console's form with."""

    region: str
    template_url: str
    stack_name: str
    parameters: dict[str, str]


def read_link(url: str) -> Link:
    """Return what a link holds. Raises AssertionError if it is not of the documented form."""
    address = urlsplit(url)
    path, _, query = address.fragment.partition("?")
    assert (address.scheme, address.path, path) == ("https", "/cloudformation/home", "/stacks/create/review")
    region = dict(parse_qsl(address.query))["region"]
    assert address.netloc == f"{region}.console.aws.amazon.com"
    values = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    parameters = {name.removeprefix("param_"): value for name, value in values.items() if name.startswith("param_")}
    assert len(parameters) + 2 == len(values)
    return Link(region, values["templateURL"], values["stackName"], parameters)


def at(endpoint: str, text: str) -> str:
    """Return a text whose addresses of objects in S3 are an emulator's, which knows no host of a bucket."""
    return re.sub(r"https://([a-z0-9-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com/", rf"{endpoint}/\1/", text)
