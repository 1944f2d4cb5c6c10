"""REST APIs with S3 behind them: the `AWS` integration with `s3:path`, which ministack takes for a Lambda function."""

import re
from typing import Any

from ministack.core.responses import set_request_account_id  # type: ignore[import-not-found]
from ministack.services import apigateway_v1, s3  # type: ignore[import-not-found]

Json = dict[str, Any]
Response = tuple[int, Any, bytes]

# All that is known here of the templates' language. Source: "Override your API's request and response parameters and
# status codes for REST APIs in API Gateway" in the API Gateway guide.
_STATUS_OVERRIDE = re.compile(r"\s*#set\(\s*\$context\.responseOverride\.status\s*=\s*(\d{3})\s*\)\s*")


def register() -> None:
    """Take s3:path integrations before they reach the Lambda path."""
    own_invoke = apigateway_v1._invoke_lambda_custom_v1

    async def invoke(integration: Json, *arguments: Any, owner_account_id: str, **options: Any) -> Any:
        spec = apigateway_v1._parse_service_integration_uri(integration.get("uri", ""))
        if spec is None or spec[1:3] != ("s3", "path"):
            return await own_invoke(integration, *arguments, owner_account_id=owner_account_id, **options)
        set_request_account_id(owner_account_id)
        binary = options.get("binary_media_types") or []
        return _answer(integration, spec[3], path_params=arguments[-1] or {}, binary_types=binary)

    apigateway_v1._invoke_lambda_custom_v1 = invoke


def _answer(integration: Json, path: str, path_params: Json, binary_types: list[str]) -> Response:
    """Return the object, as the integration response that its status selects says.

    What is binary for the API passes through its templates as it is, unless it is converted to text first. Source:
    "Content type conversions in API Gateway" in the API Gateway guide.
    """
    for target, source in (integration.get("requestParameters") or {}).items():
        place = "{" + target.removeprefix("integration.request.path.") + "}"
        path = path.replace(place, str(path_params.get(source.removeprefix("method.request.path."), "")))
    bucket, _, key = path.partition("/")
    status, headers, body = s3._get_object(bucket, key, {}, {})
    responses: list[Json] = list((integration.get("integrationResponses") or {}).values())
    chosen: Json = next((entry for entry in responses if _selects(entry, str(status))), {})
    fallback: Json = next((entry for entry in responses if not entry.get("selectionPattern")), {})
    chosen = chosen or fallback
    found = {name.lower(): value for name, value in headers.items()}
    sent = {"Content-Type": "application/json"}
    for target, source in (chosen.get("responseParameters") or {}).items():
        value = source[1:-1] if source.startswith("'") else found.get(source.rpartition(".")[2].lower())
        if value is not None:
            sent[target.removeprefix("method.response.header.")] = value
    templates = chosen.get("responseTemplates") or {}
    is_binary = apigateway_v1._media_type_matches(found.get("content-type", ""), binary_types)
    if templates and (not is_binary or chosen.get("contentHandling") == "CONVERT_TO_TEXT"):
        kind, template = next(iter(templates.items()))
        sent.setdefault("Content-Type", kind)
        override = _STATUS_OVERRIDE.match(str(template))
        status = int(override[1]) if override else int(chosen.get("statusCode", status))
        return status, sent, _STATUS_OVERRIDE.sub("", str(template)).encode()
    return int(chosen.get("statusCode", status)), sent, bytes(body)


def _selects(response: Json, status: str) -> bool:
    return re.fullmatch(response.get("selectionPattern") or "never", status) is not None
