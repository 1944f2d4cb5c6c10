"""The flat templates that ship with the project, each with a form for the Console.

A flat template can't decide by a field which resources there are, so there is one for each of a few kinds of site. For
another kind, `build_templates.py flat` makes one of a template of your own.
"""

from collections.abc import Mapping
from typing import Any

from troposphere import Equals, Not, Output, Ref, Template

from cli.flat.cidr_parameter import with_cidr_parameter
from cli.flat.domain_parameter import PLACEHOLDER, with_domain_parameter
from cli.flat.form import (
    ADDRESS,
    ALARMS,
    APPLICATION,
    ARTIFACT,
    CACHE,
    DATABASE,
    NETWORK,
    OUTPUTS,
    PAGE,
    SERVERS,
    Group,
    add_form,
)
from cli.flat.template import flat_template
from resilient_website.cloudformation.intrinsics import NO_VALUE
from resilient_website.reading.versions import NEWEST

Json = dict[str, Any]


# An expansion for any Region but us-east-1 has nothing in it that is for one Region only.
ANY_REGION = "eu-west-1"

# What every kind of site has. Type of servers and subscription to alarms decide which resources there are where the
# macro reads them; as overrides of resources that are there anyway, they can be fields.
SITE: Json = {
    "Version": NEWEST,
    "Database": {"DBInstanceClass": {"Ref": "DBInstanceClass"}, "DeletionProtection": {"Ref": "DeletionProtection"}},
    "Fallback": {
        "Title": {"Ref": "FallbackTitle"},
        "ContactEmail": {"Fn::If": ["HasContact", {"Ref": "FallbackContactEmail"}, NO_VALUE]},
    },
    "Monitoring": {"LogRetentionInDays": {"Ref": "LogRetentionInDays"}},
    "Overrides": {
        "WebLaunchTemplate": {"LaunchTemplateData": {"InstanceType": {"Ref": "InstanceType"}}},
        "AlarmTopic": {
            "Subscription": {
                "Fn::If": ["HasAlarmEmail", [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}], NO_VALUE]
            }
        },
    },
}
DOMAIN: Json = {"DomainName": PLACEHOLDER, "HostedZoneId": {"Ref": "HostedZoneId"}}
WITH_APPLICATION: Json = {"WebServers": {"Artifact": ARTIFACT}}
WITH_CACHE: Json = {"Cache": {"CacheNodeType": {"Ref": "CacheNodeType"}}}

# Name of the template -> what it says of itself, the groups of its form, the site's properties.
KINDS: dict[str, tuple[str, tuple[Group, ...], Json]] = {
    "flat": ("on CloudFront's own domain name", (SERVERS, NETWORK, DATABASE, PAGE, ALARMS), SITE),
    "flat-domain": ("under a domain name", (ADDRESS, SERVERS, NETWORK, DATABASE, PAGE, ALARMS), SITE | DOMAIN),
    "flat-domain-cache": (
        "under a domain name, with a cache",
        (ADDRESS, SERVERS, NETWORK, DATABASE, CACHE, PAGE, ALARMS),
        SITE | DOMAIN | WITH_CACHE,
    ),
    "flat-domain-application": (
        "under a domain name, with an application from an archive",
        (ADDRESS, APPLICATION, SERVERS, NETWORK, DATABASE, PAGE, ALARMS),
        SITE | DOMAIN | WITH_APPLICATION,
    ),
}


def ready_templates() -> Mapping[str, Json]:
    """Return the flat templates that ship with the project, by name."""
    return {
        name: _with_field_of_domain(_flat(_compact(description, groups, site)), groups)
        for name, (description, groups, site) in KINDS.items()
    }


def _compact(description: str, groups: tuple[Group, ...], site: Json) -> Json:
    """Return the compact template with its form."""
    template = Template(Description=f"A website with no single point of failure, {description}")
    template.set_version()
    add_form(template, groups)
    template.add_condition("HasAlarmEmail", Not(Equals(Ref("AlarmEmail"), "")))
    for name, (what, value) in OUTPUTS.items():
        template.add_output(Output(name, Description=what, Value=value))
    return {**template.to_dict(), "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": site}}}


def _flat(compact: Json) -> Json:
    defaults = {name: body["Default"] for name, body in compact["Parameters"].items() if "Default" in body}
    flat = flat_template(compact, defaults, ANY_REGION)
    return {**flat, "Resources": with_cidr_parameter(flat["Resources"])}


def _with_field_of_domain(flat: Json, groups: tuple[Group, ...]) -> Json:
    return (
        {**flat, **with_domain_parameter({"Resources": flat["Resources"], "Outputs": flat["Outputs"]})}
        if ADDRESS in groups
        else flat
    )
