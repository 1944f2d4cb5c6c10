"""The way in for visitors: a request for a site's name goes to the front door that the name leads to.

Visitors sign nothing, so ministack would look in its default account, and would answer some paths (/health) itself.
This proxy in front of it answers requests for a distribution, a load balancer or a Regional API's own domain name.
"""

import json
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_evaluator  # type: ignore[import-not-found]
from ministack.core.responses import (  # type: ignore[import-not-found]
    StreamingResponse,
    set_request_account_id,
    set_request_region,
)
from ministack.services import alb, apigateway_v1, cloudfront  # type: ignore[import-not-found]

from tools.emulator import (
    account_state,
    dead_regions,
    idle_functions,
    names,
    outages,
    real_databases,
    replica_lag,
    stack_operations,
    step_delay,
)

Json = dict[str, Any]
Response = tuple[int, Any, Any]

# A visitor may say which address it connects to, when that is not what DNS answers for the host.
ADDRESS_HEADER = "x-emulator-address"

# Where tests tell the emulator how to behave, wait for it, and look into it.
CONTROLS: dict[str, Any] = {
    module.PATH: module
    for module in (
        outages,
        step_delay,
        dead_regions,
        replica_lag,
        real_databases,
        stack_operations,
        account_state,
        idle_functions,
    )
}


def register() -> None:
    """Wrap ministack's own ASGI application."""
    own_app = app.app

    async def front(scope: Any, receive: Any, send: Any) -> None:
        headers = _headers(scope) if scope["type"] == "http" else {}
        if headers and scope["path"] in CONTROLS:
            body = await app._read_request_body(receive, scope["method"], headers)
            await app._send_if_handled(send, await CONTROLS[scope["path"]].replace(body), receive)
            return
        if headers and await dead_regions.broken(dead_regions.of_request(headers, _query(scope))):
            return
        signed = headers.get("authorization", "").startswith("AWS4-")
        if signed or not headers.get("host") or _is_own_name(headers["host"]):
            await own_app(scope, receive, send)
            return
        with step_delay.visit():
            if not await _received(scope, receive, send, headers):
                await own_app(scope, receive, send)

    app.app = front


async def _received(scope: Any, receive: Any, send: Any, headers: Json) -> bool:
    """Answer a visitor's request, unless its host leads to no front door; return whether it does."""
    address = headers.pop(ADDRESS_HEADER, "")
    entry_point = await _entry_point(headers["host"], address)
    if entry_point is None:
        return False
    if entry_point[0] != "distribution" and await dead_regions.broken(entry_point[1][1]):
        return True
    body = await app._read_request_body(receive, scope["method"], headers)
    response = await _answer_at(
        entry_point, scope["method"], _raw_path(scope), scope["query_string"].decode(), headers, body
    )
    await app._send_if_handled(app._with_date_header(send), response, receive)
    return True


def _headers(scope: Any) -> Json:
    return {name.decode("latin-1").lower(): app.decode_header_value(value) for name, value in scope["headers"]}


def _query(scope: Any) -> Json:
    return parse_qs(scope["query_string"].decode("utf-8", errors="replace"), keep_blank_values=True)


def _is_own_name(host: str) -> bool:
    return host.partition(":")[0] in ("localhost", "127.0.0.1")


def _raw_path(scope: Any) -> str:
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.decode("ascii")


async def _entry_point(host: str, address: str = "", *, checked: bool = True) -> tuple[str, Any, Any] | None:
    """Return the kind of front door that a host's requests come to, its key and its record."""
    name = host.partition(":")[0].lower()
    at = address or await names.resolve(name, probe if checked else None)
    stores = (
        ("distribution", cloudfront._distributions, "DomainName"),
        ("load balancer", alb._lbs, "DNSName"),
        ("api", apigateway_v1._domain_names, "regionalDomainName"),
    )
    for kind, store, attribute in stores:
        found = names.owner(store, attribute, at)
        if found:
            return (kind, *found)
    by_alias = names.distribution_of_alias(name)
    return ("distribution", *by_alias) if by_alias else None


async def probe(host: str, path: str) -> tuple[int, bytes]:
    """Return what a health checker gets; 0 where nothing answers."""
    entry_point = await _entry_point(host, checked=False)
    if entry_point is None or (entry_point[0] != "distribution" and dead_regions.is_dead(entry_point[1][1])):
        return 0, b""
    headers = {"host": host, "x-forwarded-proto": "https", "user-agent": "Amazon-Route53-Health-Check-Service"}
    path, _, query = path.partition("?")
    status, _, body = await _answer_at(entry_point, "GET", path or "/", query, headers, b"")
    return status, await cloudfront._collect_streaming_body(body, 4) if isinstance(body, StreamingResponse) else body


async def _answer_at(
    entry_point: tuple[str, Any, Any], method: str, raw_path: str, query: str, headers: Json, body: bytes
) -> Response:
    kind, key, record = entry_point
    host = headers["host"]
    name, _, port = host.partition(":")
    path = unquote(raw_path)
    fields = parse_qs(query, keep_blank_values=True)
    # Everything arrives by TLS; the port in the host says what the visitor meant.
    headers["x-forwarded-proto"] = "http" if port == "80" else "https"
    iam_evaluator.pin_request_origin("127.0.0.1", headers["x-forwarded-proto"] == "https")
    set_request_account_id(key[0])
    if kind == "api":
        set_request_region(key[1])
        answer: Response = await app._handle_execute_api_request(name, path, method, headers, body, fields)
        return answer or (403, {"Content-Type": "application/json"}, json.dumps({"message": "Forbidden"}).encode())
    headers["host"] = name
    if kind == "distribution":
        known = [record["DomainName"].lower(), *cloudfront._get_distribution_aliases(record)]
        if name.lower() not in known:
            refused: Response = cloudfront._cf_error_response(403, "Bad request.", cloudfront._ERROR_X_CACHE)
            return refused
        viewed: Response = await cloudfront.handle_viewer_request(
            record, method, path, raw_path, query, headers, body, fields, "127.0.0.1"
        )
        return viewed
    set_request_region(key[1])
    balanced: Response = await alb.dispatch_request(
        record, method, path, headers, body, fields, _listener_port(record, port), "127.0.0.1", query, raw_path
    )
    return balanced


def _listener_port(balancer: Json, asked: str) -> int:
    ports = {
        listener.get("Port")
        for listener in alb._listeners.values()
        if listener["LoadBalancerArn"] == balancer["LoadBalancerArn"]
    }
    return int(asked) if asked else 443 if 443 in ports else 80
