"""The core template: the compact resource with a form around it, for a launch in the AWS Console.

`Custom::ResilientWebsite` is the compact resource under the name that plain linters accept without a plugin; its
ServiceToken is not used.
"""

from typing import Any

from troposphere import Equals, GetAtt, If, Not, Or, Output, Parameter, Ref, Sub, Template
from troposphere.cloudformation import AWSCustomObject

from cli.flat.fields import field
from cli.flat.form import ALARM_EMAIL, ARCHIVE, ARTIFACT, PAGE, Group, add_form, archive_fields, domain_field
from resilient_website.read_template import DEFAULT_MACRO
from resilient_website.reading.versions import NEWEST

# A number from 1 to 65535: a list of them all would be too long.
PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"


class ResilientWebsite(AWSCustomObject):
    """The compact resource, with the properties that the form asks for."""

    resource_type = "Custom::ResilientWebsite"
    props = {
        "ServiceToken": (str, True),
        "Version": (int, False),
        "DomainName": (Ref, False),
        "AlternateDomainNames": (Ref, False),
        "HostedZoneId": (Ref, False),
        "CertificateArn": (Ref, False),
        "Network": (dict, False),
        "WebServers": (dict, False),
        "Database": (dict, False),
        "Cache": (Ref, False),
        "Fallback": (dict, False),
        "Monitoring": (dict, False),
    }


APPLICATION: Group = (
    "Application: an archive, a container image, or nothing for the sample application",
    (
        *archive_fields(required=False),
        (
            "Container image",
            field(
                "ContainerImage",
                "WebServers.Container.Image",
                "An image from Amazon ECR or a public registry, instead of an archive. It must listen on the port.",
            ),
        ),
        (
            "Port",
            Parameter(
                "Port",
                Type="String",
                Default="80",
                Description="The port that the application listens on.",
                AllowedPattern=PORT,
                ConstraintDescription="Allowed: a whole number from 1 to 65535.",
            ),
        ),
        (
            "Health check path",
            field(
                "HealthCheckPath",
                "WebServers.HealthCheckPath",
                "A page that each healthy server answers with status 200, as in /health.",
                # It becomes the path pattern of a cache behavior.
                AllowedPattern=r"/[A-Za-z0-9_.~/-]*(\?[!-~]*)?",
                MaxLength=255,
                ConstraintDescription="Allowed: a path of letters, digits and _ - . ~ /, as in /health.",
            ),
        ),
    ),
)

# In the order of the form.
FORM: tuple[Group, ...] = (
    (
        "Address",
        (
            (
                "Domain name",
                domain_field("The site's name, as in www.example.com; or nothing for CloudFront's own."),
            ),
            (
                "Other names",
                field(
                    "AlternateDomainNames",
                    "AlternateDomainNames",
                    "Other names of the same site in the same hosted zone, comma-separated; or nothing.",
                ),
            ),
            (
                "Hosted zone",
                field(
                    "HostedZoneId",
                    "HostedZoneId",
                    "The id of the domain's public hosted zone in Route 53; empty without a domain.",
                ),
            ),
            (
                "Certificate",
                field(
                    "CertificateArn",
                    "CertificateArn",
                    "An existing certificate in us-east-1 for all names. Empty: one is created there.",
                    AllowedPattern="^$|arn:aws:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+",
                    ConstraintDescription="Allowed: the ARN of a certificate in us-east-1; or nothing.",
                ),
            ),
        ),
    ),
    APPLICATION,
    (
        "Capacity",
        (
            (
                "Web server type",
                field("InstanceType", "WebServers.InstanceType", "The instance type of the web servers."),
            ),
            (
                "Database class",
                field(
                    "DBInstanceClass",
                    "Database.DBInstanceClass",
                    "The class of the database, its standby and its replicas.",
                ),
            ),
            (
                "Read replicas",
                field("ReadReplicas", "Database.ReadReplicas", "How many replicas of the database serve reads."),
            ),
            (
                "Cache for query results",
                Parameter(
                    "Cache",
                    Type="String",
                    Default="false",
                    AllowedValues=["true", "false"],
                    Description="Whether there is a cache (Valkey, with a replica in another zone).",
                ),
            ),
        ),
    ),
    (
        "Network",
        (
            (
                "Availability Zones",
                Parameter(
                    "AvailabilityZones",
                    Type="Number",
                    Default="3",
                    AllowedValues=["2", "3", "4"],
                    Description="How many Availability Zones the site uses.",
                ),
            ),
            (
                "Address range",
                field(
                    "CidrBlock",
                    "Network.CidrBlock",
                    "The VPC's IPv4 addresses, which no connected network has. AWS refuses to change them later.",
                ),
            ),
        ),
    ),
    PAGE,
    ("Alarms", (ALARM_EMAIL,)),
)

OUTPUTS = {
    "Url": "The site",
    "AssetsBucket": "Where static assets are uploaded to",
    "LoadBalancerDNSName": "The load balancer behind CloudFront",
    "DatabaseEndpoint": "The database to write to",
    "DatabaseReaderEndpoint": "The database to read from",
    "DatabaseSecretArn": "The database's credentials in Secrets Manager",
}

APPLICATION_OUTPUTS = {
    "ApplicationArchive": (
        "HasArchive",
        "The archive that the servers run",
        Sub("s3://${ArtifactBucket}/${ArtifactKey}"),
    ),
    "ApplicationImage": ("HasContainer", "The container image that the servers run", Ref("ContainerImage")),
}


def console_template() -> Template:
    """Return the compact template with its form."""
    template = Template(Description="A website with no single point of failure")
    template.set_version()
    template.set_transform(DEFAULT_MACRO)
    add_form(template, FORM)
    # Any field of the archive: the macro says which ones are missing.
    template.add_condition("HasArchive", Or(*(Not(Equals(Ref(name), "")) for _, name, *_ in ARCHIVE)))
    template.add_condition("HasContainer", Not(Equals(Ref("ContainerImage"), "")))
    site = template.add_resource(_site())
    for attribute, description in OUTPUTS.items():
        template.add_output(Output(attribute, Description=description, Value=GetAtt(site, attribute)))
    for name, (condition, description, value) in APPLICATION_OUTPUTS.items():
        template.add_output(Output(name, Condition=condition, Description=description, Value=value))
    return template


def _site() -> ResilientWebsite:
    return ResilientWebsite(
        "Site",
        ServiceToken="not-used",
        Version=NEWEST,
        DomainName=Ref("DomainName"),
        AlternateDomainNames=Ref("AlternateDomainNames"),
        HostedZoneId=Ref("HostedZoneId"),
        CertificateArn=Ref("CertificateArn"),
        Network={"AvailabilityZones": Ref("AvailabilityZones"), "CidrBlock": Ref("CidrBlock")},
        WebServers={
            "InstanceType": Ref("InstanceType"),
            "Port": Ref("Port"),
            "HealthCheckPath": Ref("HealthCheckPath"),
            "Artifact": _if_given("HasArchive", ARTIFACT),
            "Container": _if_given("HasContainer", {"Image": Ref("ContainerImage")}),
        },
        Database={"DBInstanceClass": Ref("DBInstanceClass"), "ReadReplicas": Ref("ReadReplicas")},
        Cache=Ref("Cache"),
        Fallback={
            "Title": Ref("FallbackTitle"),
            "ContactEmail": _if_given("HasContact", Ref("FallbackContactEmail")),
        },
        Monitoring={"AlarmEmail": Ref("AlarmEmail")},
    )


def _if_given(condition: str, value: Any) -> If:
    return If(condition, value, Ref("AWS::NoValue"))
