"""The core template: the compact resource with a form around it, for a launch in the AWS Console.

`Custom::ResilientWebsite` is the compact resource under the name that plain linters accept without a plugin; its
ServiceToken is not used.
"""

from troposphere import GetAtt, If, Output, Parameter, Ref, Template
from troposphere.cloudformation import AWSCustomObject

from cli.flat.form import PAGE, Group, add_form
from resilient_website.reading.versions import NEWEST
from resilient_website.tiers.domain import HOST_NAME

MACRO = "ResilientWebsite"


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
    }


# In the order of the form.
FORM: tuple[Group, ...] = (
    (
        "Address",
        (
            (
                "Domain name",
                Parameter(
                    "DomainName",
                    Type="String",
                    Default="",
                    Description="The site's name, as in www.example.com; empty for CloudFront's own name.",
                    AllowedPattern=f"^$|{HOST_NAME.pattern}",
                    MaxLength=HOST_NAME.longest,
                    ConstraintDescription="A domain name in lower case, or nothing.",
                ),
            ),
            (
                "Other names",
                Parameter(
                    "AlternateDomainNames",
                    Type="CommaDelimitedList",
                    Default="",
                    Description="Other names of the same site in the same hosted zone, comma-separated; or nothing.",
                ),
            ),
            (
                "Hosted zone",
                Parameter(
                    "HostedZoneId",
                    Type="String",
                    Default="",
                    Description="The id of the domain's public hosted zone in Route 53; empty without a domain.",
                    AllowedPattern="^$|Z[A-Z0-9]{1,31}",
                    ConstraintDescription="An id like Z0123456789ABCDEFGHIJ, or nothing.",
                ),
            ),
            (
                "Certificate",
                Parameter(
                    "CertificateArn",
                    Type="String",
                    Default="",
                    Description="An existing certificate in us-east-1 for all names. Empty: one is created there.",
                    AllowedPattern="^$|arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+",
                    ConstraintDescription="The ARN of a certificate in us-east-1, or nothing.",
                ),
            ),
        ),
    ),
    (
        "Capacity",
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
                "Web server type",
                Parameter(
                    "InstanceType",
                    Type="String",
                    Default="t4g.small",
                    AllowedPattern=r"[a-z0-9-]+\.[a-z0-9-]+",
                    ConstraintDescription="A type like t4g.small.",
                    Description="The instance type of the web servers.",
                ),
            ),
            (
                "Database class",
                Parameter(
                    "DBInstanceClass",
                    Type="String",
                    Default="db.t4g.small",
                    AllowedPattern=r"db\.[a-z0-9-]+\.[a-z0-9]+",
                    ConstraintDescription="A class like db.t4g.small.",
                    Description="The class of the database, its standby and its replicas.",
                ),
            ),
            (
                "Read replicas",
                Parameter(
                    "ReadReplicas",
                    Type="Number",
                    Default="0",
                    MinValue=0,
                    MaxValue=5,
                    Description="How many replicas of the database serve reads.",
                ),
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
    PAGE,
)

OUTPUTS = {
    "Url": "The site",
    "AssetsBucket": "Where static assets are uploaded to",
    "LoadBalancerDNSName": "The load balancer behind CloudFront",
    "DatabaseEndpoint": "The database to write to",
    "DatabaseReaderEndpoint": "The database to read from",
    "DatabaseSecretArn": "The database's credentials in Secrets Manager",
}


def console_template() -> Template:
    """Return the compact template with its form."""
    template = Template(Description="A website with no single point of failure")
    template.set_version()
    template.set_transform(MACRO)
    add_form(template, FORM)
    site = template.add_resource(_site())
    for attribute, description in OUTPUTS.items():
        template.add_output(Output(attribute, Description=description, Value=GetAtt(site, attribute)))
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
        Network={"AvailabilityZones": Ref("AvailabilityZones")},
        WebServers={"InstanceType": Ref("InstanceType")},
        Database={"DBInstanceClass": Ref("DBInstanceClass"), "ReadReplicas": Ref("ReadReplicas")},
        Cache=Ref("Cache"),
        Fallback={
            "Title": Ref("FallbackTitle"),
            "ContactEmail": If("HasContact", Ref("FallbackContactEmail"), Ref("AWS::NoValue")),
        },
    )
