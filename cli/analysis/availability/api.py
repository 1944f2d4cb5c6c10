"""The hop to a REST API: its domain name, the method for the path, and the mapping of the backend's response."""

import re
from dataclasses import dataclass

from cli.analysis.availability import buckets, certificates, saved_pages
from cli.analysis.availability.answers import Answer, Outcome, always, error, time_out, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.apis import DomainName, IntegrationResponse, Method
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import Request
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

API = "an API of API Gateway"
SERVICE = "apigateway.amazonaws.com"

# arn:aws:apigateway:<Region>:s3:path/<bucket>/<key>. Source: "PutIntegration" in the API Gateway API reference.
_S3_PATH = re.compile(r"arn:[^:]+:apigateway:[^:]+:s3:path/(⟨[^⟩]+⟩|[^/]+)/(.*)")


def answer(graph: Graph, outage: Outage, domain_name: DomainName, request: Request) -> Answer:
    """Return the answer of the API that is mapped to a domain name and path."""
    here = outage.at(graph, domain_name.logical_id)
    if here.region or here.apis:
        return time_out("the Region is down, including API Gateway" if here.region else "API Gateway does not respond")
    problem = _tls_problem(graph, domain_name, request)
    if problem:
        return always(Outcome.ERROR, f"TLS: {problem}")
    mapping = _mapping(domain_name, request.path)
    if mapping is None:
        return error(403, f"no API is mapped to {domain_name.logical_id}")
    api_name, stage, rest = mapping
    api = referenced_id(api_name) or ""
    if referenced_id(stage) is not None and graph.apis.stages.get(referenced_id(stage) or "") != api:
        return error(403, f"{domain_name.logical_id} is mapped to a stage that has no deployment of {api}")
    method = _method(graph, api, rest, request.method)
    if method is None:
        return _own_answer(
            graph, api, "MISSING_AUTHENTICATION_TOKEN", 403, f"{api} has no method for {request.method} {rest}"
        )
    return _integrated(graph, outage, method, request)


def _tls_problem(graph: Graph, domain_name: DomainName, request: Request) -> str:
    """Return why the visitor's browser rejects the certificate; empty if it accepts it."""
    if request.host != domain_name.host:
        return f"{domain_name.logical_id} serves {domain_name.host}, not {request.host}"
    region = CLOUDFRONT_REGION if domain_name.edge else graph.region_of(domain_name.logical_id)
    return certificates.problem(graph, [domain_name.certificate], (request.host,), region)


def _mapping(domain_name: DomainName, path: str) -> tuple[str, str, str] | None:
    """Return the API, its stage and the rest of the path, for the longest matching base path."""
    for base, api, stage in sorted(domain_name.mappings, key=lambda mapping: -len(mapping[0])):
        if not base or base == "(none)":
            return api, stage, path
        if path == f"/{base}" or path.startswith(f"/{base}/"):
            return api, stage, path.removeprefix(f"/{base}") or "/"
    return None


def _method(graph: Graph, api: str, path: str, http_method: str) -> Method | None:
    fitting = [
        method
        for method in graph.apis.methods
        if method.api == api and method.http_method in (http_method, "ANY") and _covers(method.path, path)
    ]
    return min(fitting, key=lambda method: (method.http_method == "ANY", "{" in method.path), default=None)


def _covers(pattern: str, path: str) -> bool:
    parts = re.split(r"(\{[^}]+\})", pattern)
    text = "".join(
        (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )
    return re.fullmatch(text, path) is not None


@dataclass(frozen=True)
class _Backend:
    """A backend's response: its status, and what the visitor sees if the body is passed through."""

    status: int
    outcome: Outcome
    why: tuple[str, ...]


def _integrated(graph: Graph, outage: Outage, method: Method, request: Request) -> Answer:
    """Return the answer of a method's integration: a mock response, a saved page, or a bucket's object."""
    if method.type == "MOCK":
        return _responded(method, _Backend(200, Outcome.ERROR, ("the method's response has no body",)))
    function = saved_pages.function_of(graph, method)
    if function:
        failure = saved_pages.failure(graph, outage, function, method)
        if failure:
            # Source: "How do I resolve HTTP 502 errors from API Gateway REST APIs with Lambda proxy integration?".
            return _own_answer(graph, method.api, "API_CONFIGURATION_ERROR", 502, failure)
        return saved_pages.answer(graph, outage, function, request)
    s3_path = _S3_PATH.fullmatch(method.uri)
    bucket = referenced_id(s3_path[1]) if s3_path else None
    if method.type != "AWS" or s3_path is None or bucket not in graph.buckets or bucket is None:
        return unknown(f"the integration of {method.logical_id}")
    key = re.sub(r"\{[^}]+\}", request.path.lstrip("/") or "index.html", s3_path[2])
    wanted = buckets.by_role(graph, method.role, SERVICE, bucket, key)
    had = buckets.answer(graph, outage, wanted, published=True).last
    return _responded(method, _Backend(had.status or 503, had.outcome, had.why))


def _responded(method: Method, backend: _Backend) -> Answer:
    """Return the answer after the method's integration responses are applied to a backend's response."""
    response = _response(method.responses, backend.status)
    if response is None or response.declared not in method.statuses:
        # Source: "Gateway response types": a misconfigured API returns 500.
        return error(500, f"{method.logical_id} has no response for {backend.status}")
    if response.has_body and not response.pattern and backend.status < 300:
        return always(Outcome.FRIENDLY_PAGE, f"{API} responds itself", status=response.status)
    if response.has_body:
        return always(Outcome.FRIENDLY_PAGE, f"{API} responds instead of S3", status=response.status)
    if backend.outcome in (Outcome.PAGE, Outcome.FRIENDLY_PAGE, Outcome.SAVED_PAGE):
        return always(backend.outcome, API, status=response.status)
    reason = f"{method.logical_id} passes through the body of S3's error {backend.status}"
    return error(response.status, *backend.why, reason)


def _response(responses: tuple[IntegrationResponse, ...], status: int) -> IntegrationResponse | None:
    """Return the response whose pattern matches the backend's status, else the one without a pattern."""
    for response in responses:
        if response.pattern and re.fullmatch(response.pattern, str(status)):
            return response
    return next((response for response in responses if not response.pattern), None)


def _own_answer(graph: Graph, api: str, kind: str, status: int, why: str) -> Answer:
    """Return a gateway response: of this type, else the default of its status class."""
    for wanted in (kind, f"DEFAULT_{status // 100}XX"):
        for response in graph.apis.gateway_responses:
            if (response.api, response.type) == (api, wanted):
                if response.has_body:
                    return always(
                        Outcome.FRIENDLY_PAGE, why, f"{API}'s gateway response", status=response.status or status
                    )
                return error(response.status or status, why)
    return error(status, why)
