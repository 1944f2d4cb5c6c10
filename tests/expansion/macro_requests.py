"""Requests of CloudFormation to the macro."""

from typing import Any


def event(fragment: Any, **more: Any) -> dict[str, Any]:
    return {
        "region": "us-east-1",
        "accountId": "123456789012",
        "fragment": fragment,
        "transformId": "123456789012::ResilientWebsite",
        "params": {},
        "requestId": "r-1",
        "templateParameterValues": {},
        **more,
    }
