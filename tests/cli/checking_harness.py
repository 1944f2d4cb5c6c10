"""An account to check sites in: moto's, with the answers that moto has not (RDS's and ElastiCache's offers, quotas)."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

from cli.aws_findings.aws import Aws
from cli.check import two_regions
from cli.check.checks import Report, check
from cli.check.permissions import action
from cli.check.site import Stack, read
from cli.parameter_values import parameter_values
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.tiers.network.spec import ENDPOINT_SERVICES
from tests.cli.checking_client import Answers, Client, Unchanging
from tools.emulator.sessions import session

ACCOUNT = "123456789012"

MYSQL = ("8.0.40", "8.0.41", "8.4.3", "8.4.4")
CACHES = {
    "valkey": ("7.2", "8.0", "8.1", "8.2"),
    "redis": ("6.2.6", "7.0.7", "7.1.0"),
    "memcached": ("1.6.17", "1.6.22"),
}
MAKING_A_CLIENT = Lock()
ZONES = tuple(f"us-east-1{letter}" for letter in "abcdef")


def lifecycle(release: str) -> dict[str, Any]:
    """Return until when RDS supports a release without being paid for it."""
    ends = {"8.0": datetime(2026, 7, 31, tzinfo=UTC), "8.4": datetime(2032, 7, 31, tzinfo=UTC)}
    return {"LifecycleSupportName": "open-source-rds-standard-support", "LifecycleSupportEndDate": ends[release]}


def option(**changes: Any) -> dict[str, Any]:
    """Return what RDS sells of a class, with what a test changes."""
    return {
        "StorageType": "gp3",
        "MultiAZCapable": True,
        "SupportsPerformanceInsights": True,
        "MinStorageSize": 20,
        "MaxStorageSize": 65536,
        "AvailabilityZones": [{"Name": zone} for zone in ZONES],
        **changes,
    }


def orderable(rows: Mapping[str, dict[str, Any]] | None = None) -> Callable[..., dict[str, Any]]:
    """Return an answer with these classes, or with any class there is."""

    def answer(DBInstanceClass: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        row = option() if rows is None else rows.get(DBInstanceClass)
        return {"OrderableDBInstanceOptions": [{"EngineVersion": v, **row} for v in MYSQL] if row else []}

    return answer


def endpoint_services(*missing: str, zones: tuple[str, ...] = ZONES) -> Callable[..., dict[str, Any]]:
    """Return an answer with the endpoint services of sites, but for some that are missing."""
    offered = [*((name, "Interface") for name in (*ENDPOINT_SERVICES, "sqs", "kms", "ecr.api")), ("s3", "Gateway")]

    def answer(**_: Any) -> dict[str, Any]:
        details = [
            {
                "ServiceName": f"com.amazonaws.us-east-1.{name}",
                "ServiceType": [{"ServiceType": kind}],
                "AvailabilityZones": list(zones),
            }
            for name, kind in offered
            if name not in missing
        ]
        return {"ServiceDetails": details}

    return answer


def usual_answers() -> Answers:
    """Return the responses that an ordinary account gets."""
    quotas = {"L-7B6409FD": 40.0, "L-0263D0A3": 5.0, "L-1216C47A": 640.0, "L-B99A9384": 1000.0}
    return {
        ("rds", "describe_db_engine_versions"): lambda **_: {
            "DBEngineVersions": [{"EngineVersion": version, "Status": "available"} for version in MYSQL]
        },
        ("rds", "describe_db_major_engine_versions"): lambda MajorEngineVersion, **_: {  # noqa: N803
            "DBMajorEngineVersions": [{"SupportedEngineLifecycles": [lifecycle(MajorEngineVersion)]}]
        },
        ("rds", "describe_orderable_db_instance_options"): orderable(),
        ("elasticache", "describe_cache_engine_versions"): lambda Engine: {  # noqa: N803
            "CacheEngineVersions": [{"EngineVersion": version} for version in CACHES[Engine]]
        },
        ("elasticache", "describe_reserved_cache_nodes_offerings"): lambda CacheNodeType: {  # noqa: N803
            "ReservedCacheNodesOfferings": [{"CacheNodeType": CacheNodeType}]
        },
        ("ce", "list_cost_allocation_tags"): lambda TagKeys: {  # noqa: N803
            "CostAllocationTags": [{"TagKey": key, "Status": "Active"} for key in TagKeys]
        },
        ("cloudformation", "describe_type"): lambda TypeName, **_: {"TypeName": TypeName},  # noqa: N803
        ("cloudformation", "list_types"): lambda **_: {"TypeSummaries": []},
        ("cloudfront", "list_cache_policies"): lambda **_: {"CachePolicyList": {"Quantity": 0}},
        ("cloudfront", "list_functions"): lambda **_: {"FunctionList": {"Quantity": 0}},
        ("cloudfront", "list_response_headers_policies"): lambda **_: {"ResponseHeadersPolicyList": {"Quantity": 0}},
        ("cloudfront", "list_vpc_origins"): lambda **_: {"VpcOriginList": {"Quantity": 0}},
        ("ec2", "describe_managed_prefix_lists"): lambda **_: {
            "PrefixLists": [{"PrefixListId": one} for one in CLOUDFRONT_PREFIX_LISTS.values()]
        },
        ("ec2", "describe_vpc_block_public_access_exclusions"): lambda **_: {"VpcBlockPublicAccessExclusions": []},
        ("ec2", "describe_vpc_block_public_access_options"): lambda **_: {
            "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}
        },
        ("ec2", "describe_vpc_endpoint_services"): endpoint_services(),
        ("route53", "get_account_limit"): lambda **_: {"Count": 0, "Limit": {"Value": 200}},
        ("service-quotas", "get_aws_default_service_quota"): lambda QuotaCode, **_: {  # noqa: N803
            "Quota": {"Value": quotas[QuotaCode]}
        },
    }


@cache
def real_client(url: str, service: str, region: str) -> Any:
    once = Config(retries={"max_attempts": 0})
    # `check` asks for clients in many threads, and a session makes one at a time.
    with MAKING_A_CLIENT:
        return session_of_all(region).client(service, endpoint_url=url, config=once)  # type: ignore[call-overload]


@cache
def session_of_all(region: str) -> boto3.Session:
    """Return the session of all clients in a Region: making one takes half as long as making a client."""
    return session("test", region)


@dataclass
class Harness:
    """Checks templates in an account, and prepares what they name."""

    url: str
    region: str = "us-east-1"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    answers: Answers = field(default_factory=usual_answers)
    called: list[tuple[str, str]] = field(default_factory=list)
    # Answers in one Region only, before the others.
    elsewhere: dict[str, Answers] = field(default_factory=dict)
    # What other harnesses have asked the same moto already.
    unchanging: Unchanging | None = None

    def aws(self, service: str, region: str | None = None) -> Any:
        """Return moto's own client."""
        return real_client(self.url, service, region or self.region)

    def install(self, region: str | None = None) -> None:
        """Publish the layer of the macro's installer."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as layer:
            layer.writestr("python/empty.py", "")
        self.aws("lambda", region).publish_layer_version(
            LayerName="ResilientWebsite-functions", Content={"ZipFile": archive.getvalue()}
        )

    def stack(self, name: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None, **more: Any) -> None:
        body = json.dumps({"Resources": resources, "Outputs": outputs or {}})
        self.aws("cloudformation").create_stack(StackName=name, TemplateBody=body, **more)

    def zone(self, name: str = "example.com") -> str:
        """Make a hosted zone, and return its id."""
        made = self.aws("route53").create_hosted_zone(Name=name, CallerReference=name)
        return str(made["HostedZone"]["Id"]).rpartition("/")[2]

    def record(self, zone: str, name: str, kind: str = "A", value: str = "192.0.2.1") -> None:
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        self.aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)

    def report(
        self, template: dict[str, Any], parameters: Mapping[str, str] | None = None, stack: str | None = None
    ) -> Report:
        """Check a template."""
        values = parameter_values(template, parameters or {})
        sites = read(template, values, self.region, "ResilientWebsite", Stack(stack), lambda: ACCOUNT)
        aws = Aws(self._client, self.region, self.now, action)
        both = two_regions.Template(template, "ResilientWebsite", lambda _region: values, lambda: ACCOUNT)
        return check(sites, aws).with_more(two_regions.check(both, sites, aws))

    def of_site(self, properties: dict[str, Any], stack: str | None = None) -> Report:
        """Check a template with one site."""
        return self.report(template(properties), stack=stack)

    def _client(self, service: str, region: str) -> Client:
        answers = {**self.answers, **self.elsewhere.get(region, {})}
        return Client(self.aws(service, region), service, answers, self.called, self.unchanging)


def template(*sites: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a template with sites, whose alarms have a recipient: Site, Site2, Site3."""
    resources = {
        "Site" + (str(number) if number > 1 else ""): {"Type": "ResilientWebsite", "Properties": notifying(properties)}
        for number, properties in enumerate(sites, 1)
    }
    return {"Transform": "ResilientWebsite", "Resources": resources, **more}


def notifying(properties: dict[str, Any]) -> dict[str, Any]:
    """Return a site's properties with an address for the alarms, unless they have a topic."""
    monitoring = properties.get("Monitoring", {})
    if not isinstance(monitoring, dict) or "AlarmTopicArn" in monitoring:
        return properties
    return {**properties, "Monitoring": {"AlarmEmail": "on-call@example.com", **monitoring}}


def as_intrinsic(text: str) -> dict[str, str]:
    """Return a text as the macro lets it pass: moto's ids of hosted zones do not begin with Z, as all of AWS's do."""
    return {"Fn::Sub": text}


def reported(report: Report, start: str = "Resources.Site.Properties.") -> dict[str, str]:
    """Return severity and what was found by path (what all paths start with left out)."""
    return {
        finding.path.removeprefix(start): f"{finding.severity}: {finding.found}; {finding.fix}"
        for finding in report.findings
    }
