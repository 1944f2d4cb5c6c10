"""What a request to AWS asks for: its service, Region, operation and parameters, read from the wire.

The SDK's own models say where a service's parameters are; only what the authoriser needs is read.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import botocore.session

Json = dict[str, Any]

_SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
# What the signature calls a service, and what the SDK calls it.
_MODELS = {"monitoring": "cloudwatch", "elasticloadbalancing": "elbv2", "tagging": "resourcegroupstaggingapi"}


@dataclass(frozen=True)
class Call:
    """One request. `parameters` are as the SDK's model names them, as far as they are read."""

    access_key: str
    service: str
    region: str
    operation: str
    parameters: Json

    @property
    def name(self) -> str:
        """What the table of operations calls it."""
        return f"{self.service}:{self.operation}"


class UnreadableError(Exception):
    """A request that no operation of the service's model fits."""


def read(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Return what a signed request asks for. Raises UnreadableError."""
    signed = _SIGNED.search(headers.get("Authorization", ""))
    if signed is None:
        raise UnreadableError(f"{method} {target} is not signed")
    service = signed["service"]
    if "X-Amz-Target" in headers:
        operation, parameters = headers["X-Amz-Target"].rpartition(".")[2], json.loads(body or b"{}")
    elif "x-www-form-urlencoded" in headers.get("Content-Type", ""):
        fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        operation, parameters = fields["Action"], fields
    else:
        operation, parameters = _rest(service, method, target, headers, body)
    return Call(signed["key"], service, signed["region"], operation, parameters)


def _rest(service: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[str, Json]:
    parts = urlsplit(target)
    given = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    sent = {name.lower() for name in headers}
    best: tuple[int, str, Json] | None = None
    for one in _operations(service):
        found = one.path.fullmatch(unquote(parts.path))
        fits = one.method == method and one.headers <= sent
        if (
            found is None
            or not fits
            or any(given.get(key, "-") != (value or given.get(key)) for key, value in one.query)
        ):
            continue
        rank = 100 * len(one.query) + 10 * len(one.headers) + len(one.labels)
        if best is None or rank > best[0]:
            best = rank, one.name, {label: found[label] for label in one.labels}
    if best is None:
        raise UnreadableError(f"{service}: {method} {target}")
    # An object's content is no parameter.
    return best[1], {**given, **({} if best[1] == "PutObject" else _body(body)), **best[2]}


@dataclass(frozen=True)
class _Operation:
    """How a REST operation looks on the wire: what in the path, the query and the headers tells it from others."""

    name: str
    method: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: frozenset[str]


def http_method(service: str, operation: str) -> str:
    """Return an operation's method; empty in a protocol in which all have the same one."""
    model = _model(service)
    is_rest = model.metadata["protocol"].startswith("rest-")
    return str(model.operation_model(operation).http["method"]) if is_rest else ""


@cache
def _model(service: str) -> Any:
    """Return a service's model, read once: it takes up to a third of a second."""
    return botocore.session.get_session().get_service_model(_MODELS.get(service, service))


@cache
def _operations(service: str) -> list[_Operation]:
    model = _model(service)
    return [_operation(service, name, model.operation_model(name)) for name in model.operation_names]


def _operation(service: str, name: str, model: Any) -> _Operation:
    path, _, query = model.http["requestUri"].partition("?")
    if service == "s3" and not path.startswith("/{Bucket}"):
        path = "/{Bucket}" + path
    labels = tuple(re.findall(r"\{(\w+)\+?\}", path))
    pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(path))
    needed = dict(part.partition("=")[::2] for part in query.split("&") if part)
    shape = model.input_shape
    members = [shape.members[key].serialization for key in shape.required_members] if shape else []
    needed |= {at["name"]: "" for at in members if at.get("location") == "querystring"}
    headers = frozenset(at["name"].lower() for at in members if at.get("location") == "header")
    return _Operation(name, model.http["method"], re.compile(pattern + "/?"), labels, tuple(needed.items()), headers)


def _body(body: bytes) -> Json:
    text = body.strip()
    if text.startswith(b"{"):
        parsed: Json = json.loads(text)
        return parsed
    if text.startswith(b"<"):
        return {"Xml": _xml(ElementTree.fromstring(text))}
    return {}


def _xml(element: ElementTree.Element) -> Any:
    """Return an element as maps, lists and text: every child is a list, since a single one may be a list of one."""
    if not len(element):
        return element.text or ""
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2], []).append(_xml(child))
    return found
