"""What the primary half makes in the copy's Region, and what it publishes there."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, iam

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.frozen import frozen
from resilient_website.functions.kind import rights
from resilient_website.tiers import certificates
from resilient_website.tiers.buckets import Reader, bucket_policy, of_parameter
from resilient_website.tiers.database.instances import Replication
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import BUCKET_NAME, Fallback
from resilient_website.tiers.remote_stack import RESOURCES_ROLE, remote_stack
from resilient_website.tiers.secondary_api import CERTIFICATE, READER
from resilient_website.tiers.secondary_region import backups, published, replication, signal

# The ends of the logical ids of the stacks there: what the site here needs, and what the copy needs of the site here.
STACK = "SecondaryStack"
PUBLISHED_STACK = "SecondaryValuesStack"

# Outputs of the stack there.
ASSETS_DOMAIN_NAME = "AssetsCopyDomainName"
SWITCH_DOMAIN_NAME = "SwitchDomainName"
SWITCH_HOSTED_ZONE_ID = "SwitchHostedZoneId"


@frozen
class PrimaryPart:
    """What the primary half has in the copy's Region: the assets' second bucket, and the switch signal.

    `signal_id` is None where a function of CloudFront, not DNS, selects the half. `backups` is where the database's
    backups are replicated to, if they are.
    """

    resources: tuple[AWSObject, ...]
    region: str
    target: replication.Target
    # The properties of the assets bucket that replicate it there.
    replication: Mapping[str, Any]
    target_domain_name: AWSHelperFn
    signal_id: AWSHelperFn | None
    right: iam.PolicyType
    backups: Replication | None = None


def build(
    context: Context,
    domain: DomainSpec,
    fallback: Fallback,
    region: str,
    *,
    with_backups: bool = False,
    with_signal: bool = True,
) -> PrimaryPart:
    """Return the stack in the copy's Region, and the health check of the switch signal.

    `with_backups` is whether the database's backups are replicated there, `with_signal` whether a health check leads
    visitors to the active half.
    """
    switch = _signal(context, domain, fallback, region) if with_signal else _Signal()
    right = _right(context, switch.reader, region, with_backups=with_backups)
    bucket = replication.target_bucket(context)
    key = backups.key(context) if with_backups else None
    stack = remote_stack(
        context,
        STACK,
        region,
        [bucket, *switch.api, *([key] if key else [])],
        parameters={
            replication.BUCKET_NAME: replication.target_name(context),
            **switch.parameters,
            **(backups.key_parameters() if key else {}),
        },
        outputs={
            published.ASSETS_BUCKET: Ref(bucket),
            ASSETS_DOMAIN_NAME: GetAtt(bucket, "RegionalDomainName"),
            **switch.outputs,
            **({backups.KEY: GetAtt(key, "Arn")} if key else {}),
        },
        rights=[right],
    )
    target = replication.Target(GetAtt(stack, published.ASSETS_BUCKET))
    checked = _checked(context, domain, stack) if with_signal else ()
    readers = [switch.reader] if switch.reader else []
    return PrimaryPart(
        resources=(*switch.certified, *readers, right, stack, replication.replication_role(context), *checked),
        region=region,
        target=target,
        replication=replication.rules(context, target),
        target_domain_name=GetAtt(stack, ASSETS_DOMAIN_NAME),
        signal_id=Ref(checked[-1]) if checked else None,
        right=right,
        backups=Replication(region, GetAtt(stack, backups.KEY)) if key else None,
    )


@frozen
class _Signal:
    """The parts of the switch signal: its API's certificate and role here, and the API for the stack there."""

    certified: tuple[AWSObject, ...] = ()
    reader: iam.Role | None = None
    api: tuple[AWSObject, ...] = ()
    parameters: Mapping[str, Value] = field(default_factory=dict)
    outputs: Mapping[str, AWSHelperFn] = field(default_factory=dict)


def _signal(context: Context, domain: DomainSpec, fallback: Fallback, region: str) -> _Signal:
    """Return the switch signal's API, certificate and role, and what its stack gets and gives."""
    certified = certificates.for_name(context, "SwitchCertificate", domain, domain.switch_name, region)
    reader = signal.reader_role(context, fallback.main.bucket_name)
    api, custom = signal.api(context, domain)
    return _Signal(
        certified,
        reader,
        api,
        parameters={
            BUCKET_NAME: fallback.main.bucket_name,
            READER: GetAtt(reader, "Arn"),
            CERTIFICATE: Ref(certified[-1]),
        },
        outputs={
            SWITCH_DOMAIN_NAME: GetAtt(custom, "RegionalDomainName"),
            SWITCH_HOSTED_ZONE_ID: GetAtt(custom, "RegionalHostedZoneId"),
        },
    )


def _checked(context: Context, domain: DomainSpec, stack: AWSObject) -> tuple[AWSObject, ...]:
    """Return the record of the signal's API and, last, its health check."""
    zone = GetAtt(stack, SWITCH_HOSTED_ZONE_ID)
    return signal.check(context, domain, GetAtt(stack, SWITCH_DOMAIN_NAME), zone)


def publish(
    context: Context, part: PrimaryPart, assets_bucket: str, values: Mapping[str, Value], readers: Sequence[Reader]
) -> tuple[AWSObject, ...]:
    """Return the stack in the copy's Region with the values that the copy reads, and the rights to replicate assets.

    `assets_bucket` is the logical id of the assets' bucket here; `readers` read the bucket there too.
    """
    values = {**values, published.ASSETS_BUCKET: part.target.name}
    stack = remote_stack(
        context,
        PUBLISHED_STACK,
        part.region,
        [*published.parameters(context, values), _policy(context, readers)],
        parameters={
            published.STACK_NAME: Ref("AWS::StackName"),
            **values,
            **{reader.distribution: Ref(reader.distribution) for reader in readers},
        },
        outputs={},
        rights=[part.right],
    )
    return stack, *replication.rights(context, assets_bucket, part.target)


def _policy(context: Context, readers: Sequence[Reader]) -> AWSObject:
    """Return the policy of the assets' bucket there, which refers to the distributions that read it."""
    bucket = of_parameter(published.ASSETS_BUCKET)
    return bucket_policy(context.id("AssetsCopyPolicy"), bucket, [reader.of(bucket) for reader in readers])


def _right(context: Context, reader: iam.Role | None, region: str, *, with_backups: bool) -> iam.PolicyType:
    """Return what CloudFormation may do in the copy's Region besides what it may for every site."""
    to_gateway = {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
    statements = (
        replication.may_make_bucket(),
        published.may_publish(context, region),
        *([allow("iam:PassRole", GetAtt(reader, "Arn"), to_gateway)] if reader else []),
        *(backups.may_make_key(region) if with_backups else ()),
    )
    return rights(context, "SecondaryRegionPolicy", RESOURCES_ROLE, statements)
