"""The fields of the ready flat templates' form, in groups, and their outputs with links.

Each field changes a property of a resource that always exists. Which resources exist depends on the choice of template:
a flat template has no macro that could decide it later.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from troposphere import AWSHelperFn, Equals, GetAtt, Not, Parameter, Ref, Sub, Template

from cli.flat.cidr_parameter import PARAMETER as CIDR_BLOCK
from cli.flat.domain_parameter import PARAMETER as DOMAIN_NAME
from cli.flat.fields import cidr_pattern, field
from resilient_website.facts.log_retention import FORM_DAYS
from resilient_website.reading.property_types import Cidr
from resilient_website.tiers.domain import MAX_COMMON_NAME_LENGTH
from resilient_website.tiers.fallback.spec import FallbackSpec
from resilient_website.tiers.network.spec import NetworkSpec

# Graviton only, as the servers' image is for arm64. Source: "Amazon EC2 instance type naming conventions".
INSTANCE_TYPES = [
    *(f"t4g.{size}" for size in ("small", "medium", "large", "xlarge", "2xlarge")),
    *(f"{family}.{size}" for family in ("m6g", "m7g", "c7g") for size in ("large", "xlarge", "2xlarge", "4xlarge")),
]

# A field: its label and its definition.
Field = tuple[str, Parameter]
Group = tuple[str, tuple[Field, ...]]


def domain_field(description: str, **more: Any) -> Parameter:
    """Return the field for the domain name, which is short enough for a certificate."""
    return field(
        DOMAIN_NAME,
        "DomainName",
        description,
        MaxLength=MAX_COMMON_NAME_LENGTH,
        ConstraintDescription=f"Allowed: a domain name in lower case, of at most {MAX_COMMON_NAME_LENGTH} characters.",
        **more,
    )


ADDRESS: Group = (
    "Address",
    (
        (
            "Domain name",
            domain_field("The site's name, as in www.example.com.", required=True),
        ),
        (
            "Hosted zone",
            Parameter(
                "HostedZoneId",
                Type="AWS::Route53::HostedZone::Id",
                Description="The domain's public hosted zone. Certificates are validated through it.",
            ),
        ),
    ),
)

# An archive instead of the sample application: its fields, each with the property that it is for.
ARCHIVE: tuple[tuple[str, str, str, str], ...] = (
    ("Archive: bucket", "ArtifactBucket", "Bucket", "The S3 bucket of an archive with the application."),
    ("Archive: key", "ArtifactKey", "Key", "The key of the .zip, .tar or .tar.gz in the bucket."),
    ("Archive: SHA-256", "ArtifactSha256", "Sha256", "The archive's checksum, which servers verify."),
    (
        "Archive: command",
        "ArtifactCommand",
        "Command",
        "The command that starts the application in /opt/website. It must listen on the port in WEB_PORT.",
    ),
)

# The value of `WebServers.Artifact`.
ARTIFACT = {name: {"Ref": parameter} for _, parameter, name, _ in ARCHIVE}


def archive_fields(*, required: bool) -> tuple[Field, ...]:
    """Return the fields of an archive."""
    return tuple(
        (label, field(parameter, f"WebServers.Artifact.{name}", description, required=required))
        for label, parameter, name, description in ARCHIVE
    )


APPLICATION: Group = ("Application", archive_fields(required=True))

SERVERS: Group = (
    "Web servers",
    (
        (
            "Instance type",
            Parameter(
                "InstanceType",
                Type="String",
                Default="t4g.small",
                AllowedValues=INSTANCE_TYPES,
                Description="The web servers' type; at least one server runs in each of three zones.",
            ),
        ),
    ),
)

# That of the default, which the template divides into subnets.
PREFIX_LENGTH = IPv4Network(NetworkSpec.cidr_block).prefixlen

NETWORK: Group = (
    "Network",
    (
        (
            "Address range",
            field(
                CIDR_BLOCK,
                "Network.CidrBlock",
                "The VPC's IPv4 addresses, which no connected network has. AWS refuses to change them later.",
                AllowedPattern=cidr_pattern(Cidr(PREFIX_LENGTH, PREFIX_LENGTH)),
                ConstraintDescription=f"Allowed: a private IPv4 CIDR block of /{PREFIX_LENGTH}, as in 10.64.0.0/16.",
            ),
        ),
    ),
)

DATABASE: Group = (
    "Database",
    (
        (
            "Class",
            field("DBInstanceClass", "Database.DBInstanceClass", "The class of the database and its standby."),
        ),
        (
            "Protection from deletion",
            Parameter(
                "DeletionProtection",
                Type="String",
                Default="false",
                AllowedValues=["true", "false"],
                Description="Set true once the site has data. A final snapshot is taken in any case.",
            ),
        ),
    ),
)

CACHE: Group = (
    "Cache",
    (
        (
            "Node type",
            field(
                "CacheNodeType",
                "Cache.CacheNodeType",
                "The type of the cache's primary and of its replica in another zone.",
            ),
        ),
    ),
)

CONTACT: Field = (
    "Contact",
    field("FallbackContactEmail", "Fallback.ContactEmail", "An email address to show on the page; or nothing."),
)

PAGE: Group = (
    "Friendly page while the site is down",
    (
        (
            "Title",
            Parameter(
                "FallbackTitle",
                Type="String",
                Default=FallbackSpec.title,
                MinLength=1,
                MaxLength=100,
                ConstraintDescription="1 to 100 characters.",
                Description="The page's heading.",
            ),
        ),
        CONTACT,
    ),
)

ALARM_EMAIL: Field = (
    "Email address for alarms",
    field("AlarmEmail", "Monitoring.AlarmEmail", "An email address for the alarms, which AWS asks to confirm."),
)

ALARMS: Group = (
    "Alarms and logs",
    (
        ALARM_EMAIL,
        (
            "Days that logs are kept",
            Parameter(
                "LogRetentionInDays",
                Type="Number",
                Default="90",
                AllowedValues=list(map(str, FORM_DAYS)),
                Description="How long to keep the logs of servers, network and load balancer.",
            ),
        ),
    ),
)

# Outputs: what each is, and its value.
OUTPUTS: dict[str, tuple[str, AWSHelperFn]] = {
    "Url": ("The site", Ref("Site")),
    "DashboardUrl": ("Its dashboard", GetAtt("Site", "DashboardUrl")),
    "AssetsBucketUrl": (
        "Where static assets are uploaded to",
        Sub("https://${AWS::Region}.console.aws.amazon.com/s3/buckets/${Site.AssetsBucket}"),
    ),
    "DatabaseSecretUrl": (
        "The database's credentials",
        Sub(
            "https://${AWS::Region}.console.aws.amazon.com/secretsmanager/secret"
            "?region=${AWS::Region}&name=${Site.DatabaseSecretArn}"
        ),
    ),
    "DatabaseEndpoint": ("The database to write to", GetAtt("Site", "DatabaseEndpoint")),
}


def add_form(template: Template, groups: Iterable[Group]) -> None:
    """Add the fields of a form to a template, with the condition of the page's contact, which every form asks for."""
    for group, fields in groups:
        for label, parameter in fields:
            template.add_parameter(parameter)
            template.add_parameter_to_group(parameter, group)
            template.set_parameter_label(parameter, label)
    template.add_condition("HasContact", Not(Equals(Ref("FallbackContactEmail"), "")))
