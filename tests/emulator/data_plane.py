"""What requests need on their way through the emulator: their host's account, and load balancers behind HTTPS.

A visitor signs nothing, so ministack looks for the host in its default account; here the host says whose request it is.
ministack's CloudFront reaches a load balancer by its own name over plain HTTP only; here it finds it by an alias record
too, and an HTTPS listener answers (without a handshake: certificates are not what is shown here).
"""

import asyncio
import http.client
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_evaluator  # type: ignore[import-not-found]
from ministack.core.responses import (  # type: ignore[import-not-found]
    set_request_account_id,
    set_request_region,
)
from ministack.services import alb, cloudfront, route53  # type: ignore[import-not-found]


def register() -> None:
    """Replace the steps between a visitor, CloudFront and a load balancer."""
    cloudfront._registered_alb = _registered_alb
    cloudfront._fetch_from_alb_origin = _fetch
    for name in ("_handle_cloudfront_dataplane_request", "_handle_alb_request"):
        setattr(app, name, _in_the_hosts_account(getattr(app, name)))


def _in_the_hosts_account(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def handled(host: str, *arguments: Any, **options: Any) -> Any:
        name = host.partition(":")[0].lower()
        for key, distribution in list(cloudfront._distributions._data.items()):
            if str(distribution.get("DomainName", "")).lower() == name:
                set_request_account_id(key[0])
        _load_balancer(name)
        # Everything here arrives by TLS; ministack would take it for plain HTTP, and a bucket's policy may ask.
        iam_evaluator.pin_request_origin("127.0.0.1", True)
        return await handle(host, *arguments, **options)

    return handled


def _registered_alb(origin: dict[str, Any]) -> Any:
    host = cloudfront._normalize_origin_host(origin["domain_name"])
    return _load_balancer(alias_target(host) or host)


def _load_balancer(host: str) -> Any:
    """Return the load balancer of a name, if any, and make its account and Region those of the request."""
    for (account, region, _arn), balancer in list(alb._lbs._data.items()):
        if balancer["DNSName"].lower() == host.lower():
            set_request_account_id(account)
            set_request_region(region)
            return balancer
    return None


def alias_target(host: str) -> str | None:
    """Return the name that an alias record for `host` points to."""
    for records in route53._records.values():
        for record in records:
            alias = record.get("AliasTarget")
            if alias and str(record.get("Name", "")).rstrip(".").lower() == host.lower():
                name = str(alias.get("DNSName", "")).rstrip(".")
                return name.removeprefix("dualstack.")
    return None


async def _fetch(
    lb: dict[str, Any],
    origin: dict[str, Any],
    method: str,
    uri: str,
    query_string: str,
    headers: dict[str, str],
    body: bytes,
    viewer_is_https: bool,
    client_ip: str,
    viewer_xff: str,
) -> Any:
    """Return (status, reason, header pairs, body) from the listener on the port that the origin is asked at."""
    _host, port, https = cloudfront._origin_connect_target(origin, viewer_is_https)
    protocol = "HTTPS" if https else "HTTP"
    if not any(
        listener["LoadBalancerArn"] == lb["LoadBalancerArn"]
        and listener.get("Port") == port
        and listener.get("Protocol") == protocol
        for listener in alb._listeners.values()
    ):
        raise cloudfront.OriginUnreachable(f"no {protocol} listener on port {port} of {lb['DNSName']}")
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, viewer_xff)
    request = alb.dispatch_request(
        lb,
        method,
        uri,
        {name.lower(): value for name, value in sent.items()},
        body or b"",
        parse_qs(query_string, keep_blank_values=True),
        port,
        client_ip="127.0.0.1",
        raw_query_string=query_string,
    )
    try:
        status, answered, data = await asyncio.wait_for(request, origin.get("read_timeout", 30))
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(str(error)) from error
    pairs = [
        (name, value)
        for name, values in answered.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return status, http.client.responses.get(status, ""), pairs, data
