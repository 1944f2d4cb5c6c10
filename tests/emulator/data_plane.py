"""What requests need on their way through the emulator: load balancers behind names of Route 53, and behind HTTPS.

ministack's CloudFront reaches a load balancer by its own name over plain HTTP only. Here it finds it by an alias record
too, and an HTTPS listener answers (without a handshake: certificates are not what is shown here).
"""

import asyncio
import http.client
from typing import Any
from urllib.parse import parse_qs

from ministack.services import alb, cloudfront, route53  # type: ignore[import-not-found]


def register() -> None:
    """Replace the two steps between CloudFront and a load balancer."""
    own_lookup = cloudfront._registered_alb

    def registered_alb(origin: dict[str, Any]) -> Any:
        host = cloudfront._normalize_origin_host(origin["domain_name"])
        return own_lookup(origin) or alb.find_lb_for_host(alias_target(host) or host)

    cloudfront._registered_alb = registered_alb
    cloudfront._fetch_from_alb_origin = _fetch


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
