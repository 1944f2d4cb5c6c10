"""A site with a copy in another Region, as far as its secret header's rotation sees it; the copy's Region can fail.

`clients` stands in for boto3: a client for each service and Region, in memory.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError

from origin_secret.copies import RULE_TYPE
from origin_secret.header import HEADER

Json = dict[str, Any]

HERE, THERE = "us-east-1", "us-west-2"
STACK_ID = f"arn:aws:cloudformation:{HERE}:200000000031:stack/shop/1"
SECRET = f"arn:aws:secretsmanager:{HERE}:200000000031:secret:site"
OLD, NEW = "old-value", "new-value"


def refused(operation: str, code: str, text: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": text}}, operation)


def _times_out(_operation: str, _request: Json) -> Exception:
    return ConnectTimeoutError(endpoint_url=f"https://elasticloadbalancing.{THERE}.amazonaws.com")


def _denies(operation: str, _request: Json) -> Exception:
    return refused(operation, "AccessDenied", "not authorized")


def _throttles(operation: str, _request: Json) -> Exception:
    return refused(operation, "Throttling", "Rate exceeded")


def _repeats(operation: str, request: Json) -> Exception:
    """Refuse a request with a message that repeats it, as AWS's validation does."""
    return refused(operation, "ValidationError", f"invalid: {request}")


# How a Region fails: (operation, request) -> the error of the client.
FAILURES: tuple[Callable[[str, Json], Exception], ...] = (_times_out, _denies, _throttles, _repeats)


class TwoRegionHeader:
    """The secret, the rules of both Regions and the distribution. `calls` counts those to the copy's Region.

    While `failure` is there, its calls from number `fails_from` on fail. `after_call` is called after each call.
    """

    def __init__(self) -> None:
        self.accepted = {HERE: [OLD], THERE: [OLD]}
        self.sent = OLD
        self.values = {"1": OLD, "2": None}
        self.stages = {"1": ["AWSCURRENT"], "2": ["AWSPENDING"]}
        self.calls = 0
        self.fails_from = 0
        self.failure: Callable[[str, Json], Exception] | None = None
        self.after_call: Callable[[], None] = lambda: None

    @property
    def current(self) -> str | None:
        """The value of AWSCURRENT."""
        return self.values[self._labeled("AWSCURRENT")]

    def client(self, service: str, region_name: str = HERE, **_: Any) -> Any:
        """Return a client as boto3 does."""
        return _Client(self, _OPERATIONS[service], region_name)

    def _labeled(self, stage: str) -> str:
        return next(version for version, stages in self.stages.items() if stage in stages)


class _Client:
    def __init__(self, world: TwoRegionHeader, operations: Json, region: str) -> None:
        self._world, self._operations, self._region = world, operations, region
        self.meta = SimpleNamespace(events=SimpleNamespace(register=lambda *_: None))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            world = self._world
            if self._region == THERE:
                world.calls += 1
                if world.failure and world.calls >= world.fails_from:
                    raise world.failure(name, request)
            answer = self._operations[name](world, self._region, request)
            world.after_call()
            return answer

        return call

    def get_paginator(self, name: str) -> Any:
        return SimpleNamespace(paginate=lambda **request: [getattr(self, name)(**request)])


def _secret_described(world: TwoRegionHeader, _region: str, _request: Json) -> Json:
    replicas = [{"Region": THERE, "Status": "InSync"}]
    return {"ARN": SECRET, "VersionIdsToStages": dict(world.stages), "ReplicationStatus": replicas}


def _secret_value(world: TwoRegionHeader, _region: str, request: Json) -> Json:
    version = request.get("VersionId") or world._labeled(request["VersionStage"])
    if world.values[version] is None:
        raise refused("GetSecretValue", "ResourceNotFoundException", "no value")
    return {"SecretString": world.values[version]}


def _put_value(world: TwoRegionHeader, _region: str, request: Json) -> None:
    world.values[request["ClientRequestToken"]] = request["SecretString"]


def _move_stage(world: TwoRegionHeader, _region: str, request: Json) -> None:
    world.stages = {request["RemoveFromVersionId"]: ["AWSPREVIOUS"], request["MoveToVersionId"]: ["AWSCURRENT"]}


def _resources(_world: TwoRegionHeader, region: str, _request: Json) -> Json:
    found = [("SiteCloudFrontOnly", RULE_TYPE, f"rule-{region}")]
    if region == HERE:
        found += [("SiteOriginSecret", "AWS::SecretsManager::Secret", SECRET)]
        found += [("SiteDistribution", "AWS::CloudFront::Distribution", "E1")]
    names = ("LogicalResourceId", "ResourceType", "PhysicalResourceId")
    entries = [{**dict(zip(names, each, strict=True)), "ResourceStatus": "CREATE_COMPLETE"} for each in found]
    return {"StackResourceSummaries": entries}


def _rules(world: TwoRegionHeader, region: str, _request: Json) -> Json:
    config = {"HttpHeaderName": HEADER, "Values": list(world.accepted[region])}
    return {"Rules": [{"Conditions": [{"Field": "http-header", "HttpHeaderConfig": config}]}]}


def _modify_rule(world: TwoRegionHeader, region: str, request: Json) -> None:
    assert request["RuleArn"] == f"rule-{region}"
    world.accepted[region] = list(request["Conditions"][0]["HttpHeaderConfig"]["Values"])


def _distribution(world: TwoRegionHeader, _region: str, _request: Json) -> Json:
    headers = {"Items": [{"HeaderName": HEADER, "HeaderValue": world.sent}]}
    return {"ETag": "1", "DistributionConfig": {"Origins": {"Items": [{"CustomHeaders": headers}]}}}


def _update_distribution(world: TwoRegionHeader, _region: str, request: Json) -> None:
    world.sent = request["DistributionConfig"]["Origins"]["Items"][0]["CustomHeaders"]["Items"][0]["HeaderValue"]


_OPERATIONS: dict[str, dict[str, Any]] = {
    "secretsmanager": {
        "describe_secret": _secret_described,
        "get_secret_value": _secret_value,
        "get_random_password": lambda *_: {"RandomPassword": NEW},
        "put_secret_value": _put_value,
        "update_secret_version_stage": _move_stage,
    },
    "cloudformation": {"list_stack_resources": _resources},
    "elbv2": {"describe_rules": _rules, "modify_rule": _modify_rule},
    "cloudfront": {"get_distribution_config": _distribution, "update_distribution": _update_distribution},
}
