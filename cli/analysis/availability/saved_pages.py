"""The hop from an API to a function that serves saved pages: whether it runs, and what it finds in its bucket."""

import re

from cli.analysis.availability import buckets
from cli.analysis.availability.answers import Answer, Outcome, always, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.apis import Method
from cli.analysis.availability.nodes.lambda_functions import LambdaFunction
from cli.analysis.availability.policies import allows
from cli.analysis.availability.references import reference, referred
from cli.analysis.availability.references import unknown as unsaid
from cli.analysis.availability.requests import Request

SERVICE = "lambda.amazonaws.com"
FUNCTION = "a function of Lambda's"

# Source: "PutIntegration" in the API Gateway API reference.
_INVOCATION = re.compile(r"arn:[^:]+:apigateway:[^:]+:lambda:path/[^/]+/functions/(⟨[^⟩]+⟩)/invocations")


def function_of(graph: Graph, method: Method) -> LambdaFunction | None:
    """Return the function of the template that a method passes its requests on to."""
    called = _INVOCATION.fullmatch(method.uri) if method.type == "AWS_PROXY" else None
    return graph.lambda_functions.get(referred(called[1]) or "") if called else None


def for_host(graph: Graph, host: str) -> bool:
    """Return whether an API with this name has a function that is for saved pages, whatever this may need to work."""
    apis = {
        referred(api)
        for domain_name in graph.apis.domain_names.values()
        for _, api, _ in domain_name.mappings
        if domain_name.host == host
    }
    called = [function_of(graph, method) for method in graph.apis.methods if method.api in apis]
    return any(function is not None and function.is_for_pages for function in called)


def failure(graph: Graph, outage: Outage, function: LambdaFunction, method: Method) -> str:
    """Return why a function does not answer an API; empty if it does."""
    name = function.logical_id
    if outage.functions and graph.region_of(name) == graph.region:
        return f"Lambda does not run {name}"
    # Source: "Control access for invoking an API" in the Amazon API Gateway guide.
    region, account = graph.region_of(method.logical_id), unsaid("AWS::AccountId")
    api = f"arn:aws:execute-api:{region}:{account}:{reference(method.api)}"
    facts = {"aws:sourcearn": f"{api}/stage/{method.http_method}{method.path}", "aws:sourceaccount": account}.items()
    arn = reference(name, "Arn")
    if not allows(
        function.calls, "lambda:InvokeFunction", arn, lambda _, who: who == "apigateway.amazonaws.com", facts
    ):
        return f"no permission lets {method.api} invoke {name}"
    role = graph.apis.roles.get(referred(function.role) or "")
    if role is not None and SERVICE not in role.services:
        return f"Lambda may not take {role.logical_id}"
    missing = sorted(function.serving.needs - set(function.variables)) if function.serving else []
    return f"{name} has no {', '.join(missing)}" if missing else ""


def answer(graph: Graph, outage: Outage, function: LambdaFunction, request: Request) -> Answer:
    """Return what a function answers that runs: the saved page, else the friendly page, else a text of its own."""
    bucket, serving = referred(function.variables.get("BUCKET")) or "", function.serving
    if serving is None or not function.is_for_pages:
        return unknown(f"what {function.logical_id} answers")
    if bucket not in graph.buckets or referred(function.role) not in graph.apis.roles:
        return unknown(f"what {function.logical_id} reads")

    def had(key: str) -> Outcome:
        asked = buckets.by_role(graph, function.role, SERVICE, bucket, key)
        return buckets.answer(graph, outage, asked, published=True).last.outcome

    saved, friendly = (function.variables[name] for name in ("SAVED", "FRIENDLY"))
    if request.saved and request.method in serving.methods:
        key = f"{saved.rstrip('/')}/{request.path.lstrip('/')}"
        if had(key) is Outcome.SAVED_PAGE:
            return always(Outcome.SAVED_PAGE, f"{FUNCTION} shows it", status=serving.saved_status)
    if had(friendly) is Outcome.FRIENDLY_PAGE:
        return always(Outcome.FRIENDLY_PAGE, FUNCTION, status=serving.friendly_status)
    if serving.own_text:
        return always(Outcome.FRIENDLY_PAGE, f"{FUNCTION}, in its own words", status=serving.friendly_status)
    return always(Outcome.ERROR, f"{function.logical_id} can't read {friendly}", status=serving.friendly_status)
