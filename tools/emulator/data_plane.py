"""CloudFront's way to a load balancer: by any name that leads to it, to its HTTP or its HTTPS listener. And to APIs.

ministack knows the load balancer's own name and plain HTTP only. No handshake takes place here, but the certificate of
an HTTPS listener has to fit the name that CloudFront asks for, as it has to on AWS.
"""

import asyncio
import http.client
from fnmatch import fnmatch
from typing import Any
from urllib.parse import parse_qs

from ministack.core.responses import (  # type: ignore[import-not-found]
    StreamingResponse,
    set_request_account_id,
    set_request_region,
)
from ministack.services import acm, alb, apigateway_v1, cloudfront  # type: ignore[import-not-found]

from tools.emulator import dead_regions, front_doors, names, outages

Json = dict[str, Any]


def register() -> None:
    """Replace the steps between CloudFront and a load balancer."""
    own_fetch = cloudfront._fetch_from_origin
    own_origin = cloudfront._dataplane_origin
    cloudfront._dataplane_origin = lambda element: {**own_origin(element), **_of_vpc(element)}

    async def fetch(origin: Json, *arguments: Any) -> Any:
        # The look-up takes time and ministack's place for it can't wait.
        host = await names.resolve(cloudfront._normalize_origin_host(origin["domain_name"]), front_doors.probe)
        api = names.owner(apigateway_v1._domain_names, "regionalDomainName", host)
        try:
            if api:
                await dead_regions.check(api[0][1])
                return await _fetch_from_api(api[0], *arguments[:5])
            return await own_fetch({**origin, **_vpc_origin(origin), "_resolved": host}, *arguments)
        except cloudfront.OriginTimeout as error:
            return _failure(504, error)
        except cloudfront.OriginUnreachable as error:
            return _failure(502, error)

    cloudfront._fetch_from_origin = fetch
    cloudfront._registered_alb = _load_balancer
    cloudfront._fetch_from_alb_origin = _fetch


async def _fetch_from_api(key: Any, method: str, uri: str, query: str, headers: dict[str, str], body: bytes) -> Any:
    """Return what a regional API answers; it knows the requests that are for it by their Host, as on AWS."""
    from ministack import app  # type: ignore[import-not-found]  # here: it imports all services

    set_request_account_id(key[0])
    set_request_region(key[1])
    lowered = {name.lower(): value for name, value in headers.items()}
    fields = parse_qs(query, keep_blank_values=True)
    answer = await app._handle_execute_api_request(lowered.get("host", ""), uri, method, lowered, body or b"", fields)
    status, answered, data = answer or (403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}')
    return status, http.client.responses.get(status, ""), {name.lower(): v for name, v in answered.items()}, data


def _of_vpc(element: Any) -> Json:
    """Return what an origin says about the VPC origin that it is; nothing for other origins."""
    config = cloudfront._find(element, "VpcOriginConfig")
    if config is None:
        return {}
    return {
        "vpc_origin": cloudfront._text(config, "VpcOriginId"),
        "read_timeout": int(cloudfront._text(config, "OriginReadTimeout") or "30"),
    }


def _vpc_origin(origin: Json) -> Json:
    """Return how CloudFront connects to an origin inside a VPC: as the VPC origin says; nothing for other origins."""
    if "vpc_origin" not in origin:
        return {}
    stored = next(v for k, v in cloudfront._vpc_origins._data.items() if k[-1] == origin["vpc_origin"])
    endpoint = stored["VpcOriginEndpointConfig"]
    return {
        "vpc_endpoint": endpoint["Arn"],
        "http_port": int(endpoint["HTTPPort"]),
        "https_port": int(endpoint["HTTPSPort"]),
        "protocol_policy": endpoint["OriginProtocolPolicy"],
    }


def _failure(status: int, error: Exception) -> Any:
    """Return what CloudFront makes of an origin that does not answer: a status with an error page of its own to it.

    ministack gives the page for such a status only where the origin itself sent it.
    """
    _, headers, body = cloudfront._cf_error_response(status, str(error), cloudfront._ERROR_X_CACHE)
    lowered = {name.lower(): value for name, value in headers.items()}
    return status, http.client.responses[status], lowered, body


def _load_balancer(origin: Json) -> Any:
    """Return the load balancer that an origin leads to, and make its account and Region the request's.

    A VPC origin leads to it whatever its name is; without one, an internal load balancer can't be reached.
    """
    endpoint = origin.get("vpc_endpoint")
    if endpoint:
        found = next(((key, balancer) for key, balancer in alb._lbs._data.items() if key[-1] == endpoint), None)
    else:
        found = names.owner(alb._lbs, "DNSName", origin["_resolved"])
    if not found:
        return None
    (account, region, _arn), balancer = found
    if balancer.get("Scheme") == "internal" and not endpoint:
        raise cloudfront.OriginTimeout(f"{balancer['DNSName']} has no public address")
    set_request_account_id(account)
    set_request_region(region)
    return balancer


async def _fetch(
    balancer: Json,
    origin: Json,
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    viewer_is_https: bool,
    client_ip: str,
    viewer_xff: str,
) -> Any:
    """Return (status, reason, header pairs, body) from the listener on the port that the origin is asked at."""
    _host, port, https = cloudfront._origin_connect_target(origin, viewer_is_https)
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, viewer_xff)
    await outages.check(balancer["DNSName"])
    await dead_regions.check(balancer["LoadBalancerArn"].split(":")[3])
    _check_listener(balancer, port, https, {origin["domain_name"].lower(), sent["Host"].lower()})
    seconds = origin.get("read_timeout", 30)
    request = alb.dispatch_request(
        balancer,
        method,
        uri,
        {name.lower(): value for name, value in sent.items()},
        body or b"",
        parse_qs(query, keep_blank_values=True),
        port,
        client_ip="127.0.0.1",
        raw_query_string=query,
    )
    try:
        status, answered, data = await asyncio.wait_for(request, seconds)
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(str(error)) from error
    if isinstance(data, StreamingResponse):
        data = await cloudfront._collect_streaming_body(data, seconds)
    pairs = [
        (name, value)
        for name, values in answered.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return status, http.client.responses.get(status, ""), pairs, data


def _check_listener(balancer: Json, port: int, https: bool, asked: set[str]) -> None:
    """Raise where the connection would fail: no such listener, or no certificate for the name."""
    protocol = "HTTPS" if https else "HTTP"
    for listener in alb._listeners.values():
        if (listener["LoadBalancerArn"], listener.get("Port"), listener.get("Protocol")) == (
            balancer["LoadBalancerArn"],
            port,
            protocol,
        ):
            break
    else:
        raise cloudfront.OriginUnreachable(f"no {protocol} listener on port {port} of {balancer['DNSName']}")
    stored = [acm._certificates.get(arn, {}) for arn in listener.get("Certificates", [])]
    covered = [name for certificate in stored for name in certificate.get("SubjectAlternativeNames", [])]
    if https and covered and not any(fnmatch(name, pattern) for name in asked for pattern in covered):
        raise cloudfront.OriginUnreachable(f"the certificate is for {covered}, not for {sorted(asked)}")
