"""The files of a new site: a template with comments, what `sam deploy` reads, and what git leaves alone."""

import json
import re
from functools import reduce

from cli.init import kinds
from cli.init.answers import Answers
from cli.program_name import IN_CLONE, with_program_name
from cli.schema.editor_files import MODELINE
from cli.template_file import WRITTEN_BY_INIT
from resilient_website.facts.burstable_types import FAMILY, REGIONS_WITHOUT_T4G
from resilient_website.facts.regions import FEWER_ZONES
from resilient_website.reading.versions import NEWEST

# A text that YAML reads as it is, without quotes.
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

# Each entry with a comment.
GITIGNORE = (
    "# What sam writes",
    ".aws-sam/",
    "# What build_templates.py writes",
    "build/",
)


def files(answers: Answers, program: str = IN_CLONE) -> dict[str, str]:
    """Return the text of every file by its path; the lines of GITIGNORE are not among them.

    `program` is the command line in scripts, quoted for a shell.
    """
    own = kinds.KINDS[answers.kind].files() if answers.kind else {}
    names = {"@STACK@": answers.stack_name, "@REGION@": answers.region, "@PROGRAM@": program}
    for path in kinds.SCRIPTS:
        if path in own:
            own[path] = reduce(lambda text, name: text.replace(name, names[name]), names, own[path])
    return {WRITTEN_BY_INIT: site(answers), "samconfig.toml": samconfig(answers), **own}


def gitignore(existing: str, prepared: str = "") -> str:
    """Return a .gitignore with the lines of GITIGNORE that it lacks.

    `prepared` is another folder to ignore: that of an application's dependencies.
    """
    has = {line.strip().strip("/") for line in existing.splitlines()}
    wanted = (*GITIGNORE, "# The dependencies of the application", prepared) if prepared else GITIGNORE
    entries = [wanted[number : number + 2] for number in range(0, len(wanted), 2)]
    lacking = [line for comment, name in entries if name.strip("/") not in has for line in (comment, name)]
    separator = "" if not existing or existing.endswith("\n") else "\n"
    return existing + separator + "".join(f"{line}\n" for line in lacking)


def site(answers: Answers) -> str:
    """Return the template."""
    kind = kinds.KINDS.get(answers.kind)
    lines = [
        MODELINE,
        f"# The website {answers.domain_name or answers.stack_name}. Deploy it, now and after each change, with:",
        "#   sam deploy",
        *(_how_to_release(kind, answers) if kind else []),
        "# docs/reference/properties.md of the project lists every property: its default, and what a change does.",
        "AWSTemplateFormatVersion: '2010-09-09'",
        f"Transform: {answers.macro if PLAIN.fullmatch(answers.macro) else json.dumps(answers.macro)}",
        "",
        *(kinds.parameters(kind) if kind else []),
        "Resources:",
        "  Site:",
        "    Type: ResilientWebsite",
        "    Properties:",
        "      # Pins the generated resources: upgrading the macro does not change this site until you raise it.",
        f"      Version: {NEWEST}",
        *_properties(answers, kind),
        *(kinds.resources(kind) if kind else []),
        "",
        "Outputs:",
        "  Url:",
        "    Description: The site",
        "    Value: !Ref Site",
        "  AssetsBucket:",
        "    Description: Where static assets are uploaded to",
        "    Value: !GetAtt Site.AssetsBucket",
        "  DashboardUrl:",
        "    Description: The dashboard, with the states of all alarms",
        "    Value: !GetAtt Site.DashboardUrl",
        "  AlarmTopicArn:",
        "    Description: The SNS topic that the alarms notify",
        "    Value: !GetAtt Site.AlarmTopicArn",
        "  WebLogGroupName:",
        "    Description: The log group of the web servers",
        "    Value: !GetAtt Site.WebLogGroupName",
        *(kinds.outputs(kind) if kind else []),
    ]
    return "\n".join(lines) + "\n"


def _how_to_release(kind: kinds.Kind, answers: Answers) -> list[str]:
    # The file is for every computer: without the path of a clone.
    commands = [
        with_program_name(command) for command in kinds.release_commands(kind, answers.stack_name, answers.region)
    ]
    return [f"# Release the application in {kinds.FOLDER}/ with:", *(f"#   {command}" for command in commands)]


def _small(service: str, region: str) -> str:
    """Return the family and size of a service's small burstable type in a Region."""
    return "t3.small" if region in REGIONS_WITHOUT_T4G[service] else f"{FAMILY}.small"


def _cache(answers: Answers) -> str:
    """Return the value of Cache: a type where the Region lacks the default one."""
    if not answers.cache or answers.region not in REGIONS_WITHOUT_T4G["ElastiCache"]:
        return json.dumps(answers.cache)
    return f"{{CacheNodeType: cache.{_small('ElastiCache', answers.region)}}}"


def _properties(answers: Answers, kind: kinds.Kind | None) -> list[str]:
    """Return the lines of the site's properties, with comments, for the answers."""
    lines = _domain(answers)
    if answers.region in FEWER_ZONES:
        lines += [
            f"      # {answers.region} gives an account {FEWER_ZONES[answers.region]} zones.",
            "      Network:",
            f"        AvailabilityZones: {FEWER_ZONES[answers.region]}",
        ]
    if answers.prefix_list:
        lines += [
            "      # CloudFront's addresses in the Region. The load balancer admits no others.",
            "      LoadBalancer:",
            f"        CloudFrontPrefixListId: {json.dumps(answers.prefix_list)}",
        ]
    lines += _web_servers(kind)
    if answers.database:
        lines += [
            "      # RDS MySQL with a standby in another zone.",
            "      Database:",
            f"        DBInstanceClass: db.{_small('RDS', answers.region)}",
            "        # ReadReplicas: 1",
        ]
    else:
        lines += ["      # No database. `Database: {}` makes one with every default.", "      Database: false"]
    lines += [
        "      # true: a cache for query results, Valkey with a replica in another zone.",
        f"      Cache: {_cache(answers)}",
        *(kind.settings if kind else ()),
        "      # What visitors see while the site is down.",
        "      Fallback:",
        "        Title: We will be right back",
    ]
    contact = f"ContactEmail: {json.dumps(answers.contact_email)}" if answers.contact_email else "# ContactEmail:"
    return [*lines, f"        {contact}", *_monitoring(answers)]


def _web_servers(kind: kinds.Kind | None) -> list[str]:
    size = "        InstanceType: t4g.small"
    if kind:
        return ["      WebServers:", size, *kinds.application(kind)]
    return [
        "      # Without UserData the servers run a sample application that shows that everything is connected.",
        "      WebServers:",
        size,
        "        # HealthCheckPath: /health",
    ]


def _monitoring(answers: Answers) -> list[str]:
    if not answers.alarm_email:
        return [
            "      # Without an address, the alarms have no recipient.",
            "      # Monitoring:",
            "      #   AlarmEmail: on-call@example.com",
        ]
    return [
        "      # AWS sends the address a request to confirm; until then, it gets no alarms.",
        "      Monitoring:",
        f"        AlarmEmail: {json.dumps(answers.alarm_email)}",
    ]


def _domain(answers: Answers) -> list[str]:
    if not answers.domain_name:
        return ["      # On CloudFront's own name. For one of yours: DomainName and HostedZoneId."]
    lines = [
        f"      DomainName: {json.dumps(answers.domain_name)}",
        f"      HostedZoneId: {json.dumps(answers.hosted_zone_id)}",
    ]
    if answers.certificate_arn:
        lines += [
            "      # A certificate of your own in us-east-1, for CloudFront. Without it, the stack creates one.",
            f"      CertificateArn: {json.dumps(answers.certificate_arn)}",
        ]
    return lines


def samconfig(answers: Answers) -> str:
    """Return the configuration of sam."""
    return f"""\
# The options of `sam deploy` for this site.
version = 0.1

[default.global.parameters]
stack_name = "{answers.stack_name}"
region = "{answers.region}"

[default.deploy.parameters]
template_file = "site.yaml"
# The stack creates IAM roles, and a macro expands the template.
capabilities = "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"
resolve_s3 = true
confirm_changeset = false
fail_on_empty_changeset = false
"""
