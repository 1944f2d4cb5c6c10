"""The hop from an API to a function that serves saved pages: whether it runs, and what its bucket contains."""

import re

from cli.analysis.availability import buckets
from cli.analysis.availability.answers import Answer, Outcome, always, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.apis import Method
from cli.analysis.availability.nodes.lambda_functions import LambdaFunction
from cli.analysis.availability.policies import allows
from cli.analysis.availability.references import reference, referenced_id
from cli.analysis.availability.references import unknown as unsaid
from cli.analysis.availability.requests import Request
from resilient_website.inline import page_server

SERVICE = "lambda.amazonaws.com"
FUNCTION = "a Lambda function"

# Source: "PutIntegration" in the API Gateway API reference.
_INVOCATION = re.compile(r"arn:[^:]+:apigateway:[^:]+:lambda:path/[^/]+/functions/(⟨[^⟩]+⟩)/invocations")


def function_of(graph: Graph, method: Method) -> LambdaFunction | None:
    """Return the function in the template to which a method forwards its requests."""
    called = _INVOCATION.fullmatch(method.uri) if method.type == "AWS_PROXY" else None
    return graph.lambda_functions.get(referenced_id(called[1]) or "") if called else None


def for_host(graph: Graph, host: str) -> bool:
    """Return whether an API with this name has a function for saved pages, whether or not it works."""
    apis = {
        referenced_id(api)
        for domain_name in graph.apis.domain_names.values()
        for _, api, _ in domain_name.mappings
        if domain_name.host == host
    }
    called = [function_of(graph, method) for method in graph.apis.methods if method.api in apis]
    return any(function is not None and function.is_for_pages for function in called)


def failure(graph: Graph, outage: Outage, function: LambdaFunction, method: Method) -> str:
    """Return why a function does not respond to an API; empty if it does."""
    name = function.logical_id
    if outage.at(graph, name).functions:
        return f"Lambda does not run {name}"
    # Source: "Control access for invoking an API" in the Amazon API Gateway guide.
    region, account = graph.region_of(method.logical_id), unsaid("AWS::AccountId")
    api = f"arn:aws:execute-api:{region}:{account}:{reference(method.api)}"
    facts = {"aws:sourcearn": f"{api}/stage/{method.http_method}{method.path}", "aws:sourceaccount": account}.items()
    arn = reference(name, "Arn")
    if not allows(
        function.calls, "lambda:InvokeFunction", arn, lambda _, who: who == "apigateway.amazonaws.com", facts
    ):
        return f"{method.api} has no permission to invoke {name}"
    role = graph.apis.roles.get(referenced_id(function.role) or "")
    if role is not None and SERVICE not in role.services:
        return f"Lambda is not allowed to assume {role.logical_id}"
    missing = sorted(function.serving.needs - set(function.variables)) if function.serving else []
    return f"{name} lacks the environment variables {', '.join(missing)}" if missing else ""


def answer(graph: Graph, outage: Outage, function: LambdaFunction, request: Request) -> Answer:
    """Return the answer of a running function: the saved page, else the friendly page, else the bare page."""
    bucket, serving = referenced_id(function.variables.get(page_server.BUCKET)) or "", function.serving
    if serving is None or not function.is_for_pages:
        return unknown(f"the response of {function.logical_id}")
    if bucket not in graph.buckets or referenced_id(function.role) not in graph.apis.roles:
        return unknown(f"the bucket or the role of {function.logical_id}")

    def had(key: str) -> Outcome:
        wanted = buckets.by_role(graph, function.role, SERVICE, bucket, key)
        return buckets.answer(graph, outage, wanted, published=True).last.outcome

    saved, friendly = (function.variables[name] for name in (page_server.SAVED, page_server.FRIENDLY))
    if request.saved and request.method in serving.methods:
        key = f"{saved.rstrip('/')}/{request.path.lstrip('/')}"
        if had(key) is Outcome.SAVED_PAGE:
            return always(Outcome.SAVED_PAGE, f"{FUNCTION} serves it", status=serving.saved_status)
    if had(friendly) is Outcome.FRIENDLY_PAGE:
        return always(Outcome.FRIENDLY_PAGE, FUNCTION, status=serving.friendly_status)
    return always(Outcome.FRIENDLY_PAGE, f"{FUNCTION}, with its built-in text", status=serving.friendly_status)
