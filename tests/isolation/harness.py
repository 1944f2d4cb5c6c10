"""Two neighbours in one account: stacks whose functions run as processes, and an AWS that asks IAM each time."""

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.cli.moto import Moto
from tests.custom_resources.response_url import ResponseUrl
from tests.isolation.account import Account
from tests.isolation.authorizer import Authorizer, Request
from tests.isolation.evaluator import Evaluator
from tests.isolation.function import Function, Ran
from tests.isolation.stack import Stack
from tests.isolation.wire import Json

REGION = "eu-west-1"
# A hosted zone's domain for each neighbour.
NEIGHBOURS = {"own": "own.example", "neighbour": "neighbour.example"}
# What saved pages are copied from: the template's author names it.
PAGES = "pages-of-{name}"
SAVER = "SavedSiteRole"
# Times that a rule may fire until its function has to have answered.
MAX_POLLS = 5
POLL_SECONDS = 0.5
# ACM validates a certificate within a second.
# RotateSecret makes a version without a value that is AWSPENDING; moto's is current at once, if it has no function.
CORRECTION = """
import moto.settings
moto.settings.ACM_VALIDATION_WAIT = 1
from moto.secretsmanager.models import SecretsManagerBackend
rotate_secret = SecretsManagerBackend.rotate_secret
def rotate(self, secret_id, *given, **named):
    secret = self.secrets[secret_id]
    secret.remove_version_stages_from_old_versions(["AWSPENDING"])
    stages = {name: list(version["version_stages"]) for name, version in secret.versions.items()}
    current = secret.default_version_id
    answer = rotate_secret(self, secret_id, *given, **named)
    for name, version in secret.versions.items():
        version["version_stages"] = stages.get(name, ["AWSPENDING"])
    secret.default_version_id = current
    return answer
SecretsManagerBackend.rotate_secret = rotate
"""


@dataclass(frozen=True)
class Outcome:
    """What came of an event: CloudFormation's answers, how each run ended, and the requests to AWS."""

    answers: tuple[Json, ...]
    runs: tuple[Ran, ...]
    requests: tuple[Request, ...]

    @property
    def denied(self) -> list[str]:
        """What IAM denied."""
        return [denied for request in self.requests for denied in request.denied]


class Harness:
    """A context manager. `template` gives a neighbour's expanded template, by its name and its hosted zone's id."""

    def __init__(self, template: Callable[[str, str], Json], shared: Mapping[str, Json] | None = None) -> None:
        self._template, self._shared = template, shared or {}
        self._running = ExitStack()
        self._functions: dict[str, Function] = {}
        self.stacks: dict[str, Stack] = {}
        self.zones: dict[str, str] = {}
        # The neighbour's state after the last attack, if nothing else has been done since, and the number of requests
        # of functions' until then that may have changed it.
        self.last_seen: Json = {}
        self.changes_until_then = 0

    @property
    def own(self) -> Stack:
        """The stack whose functions are looked at."""
        return self.stacks["own"]

    @property
    def neighbour(self) -> Stack:
        """The stack that they must not touch."""
        return self.stacks["neighbour"]

    def __enter__(self) -> Self:
        folder = Path(self._running.enter_context(tempfile.TemporaryDirectory()))
        moto = self._running.enter_context(Moto(folder / "moto.log", CORRECTION))
        self.account = Account(moto.url)
        self.evaluator = self._running.enter_context(Evaluator(self.account.account))
        self.authorizer = self._running.enter_context(Authorizer(self.account, self.evaluator))
        self.answers = self._running.enter_context(ResponseUrl(folder))
        self._folder = folder
        self._running.callback(self._end_functions)
        for name, template in self._shared.items():
            self._deploy(name, template)
        for name, domain in NEIGHBOURS.items():
            self._put_pages(name)
            self._deploy(name, self._template(name, self._hosted_zone(name, domain)))
            self._let_in(name)
        return self

    def _end_functions(self) -> None:
        for function in self._functions.values():
            function.end()

    def _hosted_zone(self, name: str, domain: str) -> str:
        route53 = self.account.client("route53", "us-east-1")
        made = route53.create_hosted_zone(Name=domain, CallerReference=name)["HostedZone"]["Id"]
        zone_id = str(made).rpartition("/")[2]
        self.zones[name] = zone_id
        self.account.own(f"arn:aws:route53:::hostedzone/{zone_id}", name)
        return zone_id

    def _put_pages(self, name: str) -> None:
        """Make the bucket that a neighbour's saved pages are copied from."""
        s3, bucket = self.account.client("s3", REGION), PAGES.format(name=name)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=bucket, Key="site/index.html", Body=b"<p>of " + name.encode(), ContentType="text/html")
        self.account.own(f"arn:aws:s3:::{bucket}", name)

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _let_in(self, name: str) -> None:
        """Let a neighbour's function read the pages: the owner of their bucket does that, in the bucket's policy."""
        bucket, stack = PAGES.format(name=name), self.stacks[name]
        if SAVER not in stack.template["Resources"]:
            return
        who = {"AWS": stack.deployed(SAVER).attributes["Arn"]}
        listing = {"Effect": "Allow", "Principal": who, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
        reading = {**listing, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/site/*"}
        policy = {"Version": "2012-10-17", "Statement": [listing, reading]}
        self.account.bucket_policies[bucket] = lambda: policy

    def _deploy(self, name: str, template: Json) -> None:
        stack = Stack(self.account, name, REGION, template)
        self.stacks[name] = stack
        self.account.stacks[stack.id] = stack
        stack.deploy()
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                export = stack.resolver.value(output["Export"]["Name"])
                self.account.exports[export] = stack.resolver.value(output["Value"])
        for function, _ in stack.of_type("AWS::Lambda::Function"):
            made = Function(stack, function, self.authorizer.url, self.answers.ca_bundle, self._folder)
            self._functions[made.arn] = made

    def function(self, arn: str) -> Function:
        """Return the function that an ARN names, as in a custom resource's ServiceToken."""
        return self._functions[arn]

    @property
    def changes(self) -> int:
        """The number of functions' requests that may have changed something."""
        return sum(request.may_change_something for request in self.authorizer.requests)

    def functions(self) -> Iterable[Function]:
        """Return all functions."""
        return self._functions.values()

    def event(self, stack: Stack, name: str, request: str, **changes: Any) -> Json:
        """Return CloudFormation's event for a custom resource of a stack."""
        resource = stack.template["Resources"][name]
        properties = as_text(stack.properties(name))
        physical_id = stack.physical_ids.get(name, f"{stack.name}-{name}-ABCDEFGHIJKL")
        return {
            "RequestType": request,
            "StackId": stack.id,
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": name,
            "ResourceType": resource["Type"],
            "ResourceProperties": properties,
            "ResponseURL": self.answers.url,
            **({} if request == "Create" else {"PhysicalResourceId": physical_id}),
            **({"OldResourceProperties": properties} if request == "Update" else {}),
            **changes,
        }

    def send(self, function: Function, event: Json, polls: int = MAX_POLLS) -> Outcome:
        """Run a function for an event, and again for each of its own rules' events until there is an answer."""
        before, runs = len(self.authorizer.requests), [function.run(event)]
        while polls and not self._answers(event) and (again := self._rule_event(function, event)):
            # A minute on AWS, after which a certificate is issued.
            time.sleep(POLL_SECONDS)
            runs.append(function.run(again))
            polls -= 1
        return Outcome(self._answers(event), tuple(runs), tuple(self.authorizer.requests[before:]))

    def _answers(self, event: Json) -> tuple[Json, ...]:
        asked = event.get("RequestId")
        return tuple(answer for answer in self.answers.answers if asked and answer["RequestId"] == asked)

    def _rule_event(self, function: Function, event: Json) -> Json | None:
        """Return what a rule of EventBridge's brings to a function for the same request, if there is such a rule."""
        if "RequestId" not in event:
            return None
        events = self.account.client("events", REGION)
        for rule in events.list_rules()["Rules"]:
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                brought = json.loads(target.get("Input") or "{}")
                if target["Arn"] == function.arn and brought.get("RequestId", "") == event.get("RequestId"):
                    return dict(brought)
        return None


def as_text(value: Any) -> Any:
    """Return properties as CloudFormation hands them over: every scalar is a text."""
    if isinstance(value, Mapping):
        return {key: as_text(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
