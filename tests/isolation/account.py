"""An AWS account: moto for what services do, and tables for what it does not keep: AWS's own tags, owners, roles."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from tests.isolation.evaluator import AuthorizationRequest, Caller
from tests.isolation.operations import NEW
from tests.isolation.wire import Json
from tools.emulator.sessions import session

if TYPE_CHECKING:
    from tests.isolation.stack import Stack

ACCOUNT = "123456789012"
# Services with a name of their own for a resource's tags, beside `aws:ResourceTag`.
OWN_TAG_KEYS = {"elasticloadbalancing": "elasticloadbalancing:ResourceTag/"}
# Amazon S3 gives a bucket's tags to IAM only where somebody has turned that on.
WITHOUT_TAGS = ("s3", "iam", "route53")


class Account:
    """The account that all stacks share. `url` is moto's, without the authorizer."""

    account = ACCOUNT

    def __init__(self, url: str) -> None:
        self.url = url
        self.tags: dict[str, dict[str, str]] = {}
        self.owners: dict[str, str] = {}
        self.bucket_policies: dict[str, Callable[[], Json]] = {}
        self.callers: dict[str, Callable[[], Caller]] = {}
        self.exports: dict[str, Any] = {}
        self.web_acls: dict[str, str] = {}
        self.origins: dict[str, list[str]] = {}
        self.rotations: dict[str, str] = {}
        self.stacks: dict[str, Stack] = {}

    def client(self, service: str, region: str) -> Any:
        """Return a client that may do everything."""
        return client(self.url, "administrator", service, region)

    def own(self, arn: str, stack: str, tags: dict[str, str] | None = None) -> None:
        """Note whose a resource is, and its tags."""
        self.owners[arn] = stack
        if tags is not None:
            self.tags[arn] = tags

    def owner(self, arn: str) -> str:
        """Return the stack that a resource, or what it is a part of, belongs to; empty if it is none's."""
        name = arn
        while name:
            if name in self.owners:
                return self.owners[name]
            name = name[: max(name.rfind("/"), name.rfind(":"), 0)]
        return ""

    def with_tags(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """Return a question with the resource's tags in its context."""
        service = request.resource.split(":")[2] if request.resource.startswith("arn:") else ""
        if not service or service in WITHOUT_TAGS:
            return request
        tags = {**self._live_tags(service, request.resource), **self.tags.get(request.resource, {})}
        context = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        if prefix := OWN_TAG_KEYS.get(service):
            context |= {prefix + key: value for key, value in tags.items()}
        if request.resource in self.rotations:
            context["secretsmanager:resource/AllowRotationLambdaArn"] = self.rotations[request.resource]
        return AuthorizationRequest(request.action, request.resource, {**context, **request.context})

    def _live_tags(self, service: str, arn: str) -> dict[str, str]:
        """Return the tags that functions themselves have put on what they made."""
        region = arn.split(":")[3]
        if service == "acm" and ":certificate/" in arn:
            acm = self.client("acm", region)
            try:
                return {tag["Key"]: tag["Value"] for tag in acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]}
            except acm.exceptions.ResourceNotFoundException:
                return {}
        if service == "cloudformation" and not arn.endswith(f"/{NEW}"):
            found = self.stack(region, arn)
            return found.tags if found else {}
        return {}

    def resource_policy(self, arn: str) -> Json | None:
        """Return the policy of a bucket, by its ARN or an object's, if it has one."""
        bucket = arn.removeprefix("arn:aws:s3:::").partition("/")[0] if arn.startswith("arn:aws:s3:::") else ""
        return self.bucket_policies[bucket]() if bucket in self.bucket_policies else None

    def stack(self, region: str, name: str) -> "Stack | None":
        """Return a stack by its name or id; of a name, the last one that was made."""
        named = [one for one in self.stacks.values() if (one.region, one.name) == (region, name)]
        return self.stacks.get(name) or (named[-1] if named else None)

    def secret_arn(self, region: str, secret: str) -> str:
        """Return the ARN of a secret by its name or ARN."""
        return (
            secret if secret.startswith("arn:") else f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{secret}-??????"
        )

    def stack_arn(self, region: str, stack: str) -> str:
        """Return the ARN of a stack by its name or ARN; of one that is not there, with no GUID."""
        if stack.startswith("arn:"):
            return stack
        found = self.stack(region, stack)
        return found.id if found else f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{stack}/{NEW}"

    def function_arn(self, region: str, function: str) -> str:
        """Return the ARN of a function by its name or ARN."""
        return function if function.startswith("arn:") else f"arn:aws:lambda:{region}:{ACCOUNT}:function:{function}"

    def web_acl(self, distribution: str) -> str:
        """Return the ARN of the web ACL of a distribution, if it has one."""
        return self.web_acls.get(distribution, "")

    def vpc_origins(self, distribution: str) -> list[str]:
        """Return the ARNs of the VPC origins of a distribution."""
        return self.origins.get(distribution, [])


@cache
def client(url: str, access_key: str, service: str, region: str) -> Any:
    """Return a client with an access key."""
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return session(access_key, region).client(service, endpoint_url=url, config=config)  # type: ignore[call-overload]
