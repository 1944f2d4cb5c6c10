"""The fields of the ready flat templates' form, in groups, and their outputs with links.

Each field changes a property of a resource that always exists. Which resources exist depends on the choice of template:
a flat template has no macro that could decide it later.
"""

from collections.abc import Iterable

from troposphere import AWSHelperFn, Equals, GetAtt, Not, Parameter, Ref, Sub, Template

from cli.flat.domain_parameter import PARAMETER as DOMAIN_NAME
from resilient_website.facts.log_retention import FORM_DAYS
from resilient_website.reading.email_address import EMAIL_PATTERN
from resilient_website.tiers.domain import HOST_NAME
from resilient_website.tiers.fallback.spec import FallbackSpec

EMAIL_OR_EMPTY = f"^$|{EMAIL_PATTERN}"

# Graviton only, as the servers' image is for arm64. Source: "Amazon EC2 instance type naming conventions".
INSTANCE_TYPES = [
    *(f"t4g.{size}" for size in ("small", "medium", "large", "xlarge", "2xlarge")),
    *(f"{family}.{size}" for family in ("m6g", "m7g", "c7g") for size in ("large", "xlarge", "2xlarge", "4xlarge")),
]

# A field: its label and its definition.
Field = tuple[str, Parameter]
Group = tuple[str, tuple[Field, ...]]

ADDRESS: Group = (
    "Address",
    (
        (
            "Domain name",
            Parameter(
                DOMAIN_NAME,
                Type="String",
                Description="The site's name, as in www.example.com.",
                AllowedPattern=HOST_NAME.pattern,
                # The longest main name of a certificate. Source: "RequestCertificate" in the ACM API Reference. The
                # load balancer's certificate has another first name, but takes `origin.` in front as a further one.
                MaxLength=64,
                ConstraintDescription="A domain name in lower case, of at most 64 characters.",
            ),
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

DATABASE: Group = (
    "Database",
    (
        (
            "Class",
            Parameter(
                "DBInstanceClass",
                Type="String",
                Default="db.t4g.small",
                AllowedPattern=r"db\.[a-z0-9-]+\.[a-z0-9]+",
                ConstraintDescription="A class like db.t4g.small.",
                Description="The class of the database and its standby.",
            ),
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
            Parameter(
                "CacheNodeType",
                Type="String",
                Default="cache.t4g.small",
                AllowedPattern=r"cache\.[a-z0-9]+\.[a-z0-9]+",
                ConstraintDescription="A type like cache.t4g.small.",
                Description="The type of the cache's primary and of its replica in another zone.",
            ),
        ),
    ),
)

CONTACT: Field = (
    "Contact",
    Parameter(
        "FallbackContactEmail",
        Type="String",
        Default="",
        AllowedPattern=EMAIL_OR_EMPTY,
        ConstraintDescription="An email address, or nothing.",
        Description="An email address to show on the page; or nothing.",
    ),
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

ALARMS: Group = (
    "Alarms and logs",
    (
        (
            "Email address for alarms",
            Parameter(
                "AlarmEmail",
                Type="String",
                Default="",
                AllowedPattern=EMAIL_OR_EMPTY,
                ConstraintDescription="An email address, or nothing.",
                Description="An email address for the alarms, which AWS asks to confirm; or nothing.",
            ),
        ),
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
