"""A roll-out's request, with what a test changes."""

import json
from dataclasses import replace
from typing import Any

from cli.stackset.request import Preferences, Request, Targets

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("eu-west-1", "us-east-1")
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String", "Default": "site", "AllowedPattern": "[a-z]+", "MaxLength": 8}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Name"}}}},
}
CAREFUL = Preferences(None, None, None, None, "SEQUENTIAL", "STRICT_FAILURE_TOLERANCE")


def request(template: dict[str, Any] | None = None, **changes: Any) -> Request:
    template = TEMPLATE if template is None else template
    made = Request(
        name="site",
        targets=Targets(ACCOUNTS, (), None, REGIONS),
        preferences=CAREFUL,
        permission_model="SELF_MANAGED",
        template=template,
        template_text=json.dumps(template),
        template_sha256="0" * 64,
        template_url=None,
        parameters={},
        account_parameters={},
        auto_deployment=None,
        retain_stacks=False,
        call_as="SELF",
        administration_role_arn=None,
        execution_role_name=None,
    )
    return replace(made, **changes)


def in_units(accounts: tuple[str, ...] = (), account_filter: str | None = None, **changes: Any) -> Request:
    targets = Targets(accounts, ("ou-ab12-11111111",), account_filter, REGIONS)
    return request(targets=targets, permission_model="SERVICE_MANAGED", **changes)
