"""The application's own environment: variables and secrets, beside what the site provides.

Secret values never are in the template or in user data: servers read them, with their role, into files that only root
can read.
"""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.problems import first_repeated, shown
from resilient_website.reading.arns import check_region
from resilient_website.reading.collection_types import ListOf, MapOf
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader
from resilient_website.tiers.web_servers.container import USER_DATA
from resilient_website.tiers.web_servers.public_text import check_present, check_public
from resilient_website.tiers.web_servers.script import check as check_script
from resilient_website.tiers.web_servers.variables import NAME, PROVIDED

# No control characters: readers of environment files take what follows a line break for another variable.
VALUE = r"[^\x00-\x1f\x7f-\x9f]{0,4096}"

# A secret's full ARN ends in six random characters, without which the role's policy would not match it. Sources:
# "GetSecretValue" in the Secrets Manager API Reference; "valueFrom" in "Pass Secrets Manager secrets through Amazon ECS
# environment variables"; "PutParameter" in the Systems Manager API Reference, Name.
REFERENCE = (
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}"
    r"(:[^:\x00-\x1f\x7f]{1,256}(::)?)?"
    r"|arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9/_.-]{1,1011}"
)
KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,256}"

# The sample application has no use for secrets.
APPLICATION = Need("WebServers.UserData", or_else=("WebServers.Artifact", "WebServers.Container", "WebServers.ImageId"))

# Names with a meaning for shells and the dynamic loader, some of them read-only. A script that reads the file would
# fail, or run other programs. Sources: "Bash Variables" in the Bash Reference Manual; ld.so(8).
OF_SHELLS = (
    *("BASHOPTS", "BASH_ENV", "BASH_VERSINFO", "ENV", "EUID", "IFS"),
    *("LD_LIBRARY_PATH", "LD_PRELOAD", "PATH", "PPID", "SHELLOPTS", "UID"),
)


@frozen
class EnvironmentSpec(PropertyGroup):
    """The application's own variables and secrets."""

    variables: Mapping[str, Value] | None = prop(
        "Variables",
        MapOf(Text("a text without line breaks; write true, false and null in quotes", VALUE)),
        None,
        known_at_expansion=True,
        examples=({"LOG_LEVEL": "info"}, {"SMTP_HOST": "smtp.example.com", "SMTP_PORT": "587"}),
        maps_to=USER_DATA,
        reason="none. Names have letters, digits and `_`. Anybody who can describe launch templates can read the "
        "values: write passwords and keys under Secrets",
    )
    secrets: Mapping[str, Value] | None = prop(
        "Secrets",
        MapOf(
            Text(
                "the full ARN of a secret of Secrets Manager, optionally with a JSON key (ARN:key), or of a "
                "parameter of Parameter Store (arn:...:parameter/name)",
                REFERENCE,
            )
        ),
        None,
        known_at_expansion=True,
        examples=(
            {"API_KEY": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/api-AbCdEf"},
            {"SMTP_PASSWORD": "arn:aws:secretsmanager:us-east-1:123456789012:secret:smtp-AbCdEf:password"},
            {"LICENSE": "arn:aws:ssm:us-east-1:123456789012:parameter/shop/license"},
        ),
        needs=(APPLICATION,),
        maps_to=f"{USER_DATA}, AWS::IAM::Role.Policies",
        reason="none. Each server reads them when it boots and every two minutes, with rights on these ARNs only. "
        "`ARN:key::`, as ECS has it, means the same as ARN:key. With a function, write the ARN: a Ref to the secret, "
        "`!Sub ${Secret}:key`, or `!Sub arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/name`",
    )
    kms_key_arns: tuple[Value, ...] = prop(
        "KmsKeyArns",
        ListOf(Text("the ARN of a KMS key", KEY_ARN), 0, 10, known=False),
        (),
        known_at_expansion=True,
        examples=(["arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"],),
        needs=(Need("WebServers.Environment.Secrets"),),
        maps_to="AWS::IAM::Role.Policies",
        reason="none: secrets encrypted with the keys aws/secretsmanager and aws/ssm need no further rights. For "
        "secrets with a key of your own, list it: servers may then decrypt with it, through these two services only",
    )
    on_change: Value | None = prop(
        "OnChange",
        Text("a script; it runs as root after the value of a secret has changed"),
        None,
        presence_decides=True,
        examples=("systemctl try-restart website",),
        needs=(APPLICATION,),
        maps_to=USER_DATA,
        reason="absent: the files change, and the application reads them when it needs them. A running process never "
        "sees changed variables: to use them, restart it here. All servers run it within about two minutes. Without "
        "Secrets and without a password of the database or the cache, nothing changes, and it never runs",
    )

    @property
    def own_variables(self) -> Mapping[str, Value]:
        """The variables; empty if there are none."""
        return self.variables or {}

    @property
    def own_secrets(self) -> Mapping[str, Value]:
        """The references to secrets, by the names of their variables; empty if there are none."""
        return self.secrets or {}


def check(spec: EnvironmentSpec, path: str, reader: Reader) -> None:
    """Note names that can't be used, values that would reveal a secret, and secrets in other Regions."""
    for group, names in (("Variables", spec.own_variables), ("Secrets", spec.own_secrets)):
        for name in names:
            _check_name(name, f"{path}.{group}.{name}", reader)
            check_present(names[name], f"{path}.{group}.{name}", reader)
    twice = first_repeated([*spec.own_variables, *spec.own_secrets])
    if twice:
        reader.problem(f"{path}.Secrets.{twice}", "found under Variables too", "write it once")
    for name, value in spec.own_variables.items():
        check_public(value, f"{path}.Variables.{name}", reader)
    why = "a server does not depend on another Region; Secrets Manager replicates secrets to further Regions"
    for name, value in spec.own_secrets.items():
        what = "a secret or parameter"
        check_region(value, reader.region, f"{path}.Secrets.{name}", reader, wanted=what, why=why)
        _check_key(value, spec.kms_key_arns, f"{path}.Secrets.{name}", reader)
    for index, value in enumerate(spec.kms_key_arns):
        why = "the servers read the secrets of this Region"
        check_region(value, reader.region, f"{path}.KmsKeyArns[{index}]", reader, wanted="a key", why=why)
    check_script(spec.on_change, f"{path}.OnChange", reader)


def _check_key(value: Value, keys: tuple[Value, ...], path: str, reader: Reader) -> None:
    """Note a secret of another account without a key: the AWS managed key can't be used from here.

    Source: "Access AWS Secrets Manager secrets from a different account" in the AWS Secrets Manager User Guide.
    """
    if keys or not reader.account or not isinstance(value, str) or not value.startswith("arn:"):
        return
    _, _, service, _, owner, *_ = [*value.split(":"), "", "", ""]
    if service == "secretsmanager" and owner != reader.account:
        found = f"found a secret of account {owner}, which servers can read only if its key is a customer managed one"
        fix = "write the ARN of its key under KmsKeyArns; or a secret of this account"
        reader.problem(path, found, fix, rests_on=[f"{path.rpartition('.Secrets.')[0]}.KmsKeyArns"])


def regional(spec: EnvironmentSpec, path: str) -> dict[str, Any]:
    """Return the values that name something of one Region, by their paths."""
    secrets = {f"{path}.Secrets.{name}": value for name, value in spec.own_secrets.items()}
    return {**secrets, f"{path}.KmsKeyArns": spec.kms_key_arns}


def _check_name(name: str, path: str, reader: Reader) -> None:
    if not NAME.fullmatch(name):
        fix = "use letters, digits and _, and begin with a letter or _, as in LOG_LEVEL"
        reader.problem(path, f"found the name {shown(name)}", fix)
    elif name in {each.name for each in PROVIDED}:
        reader.problem(path, f"found {name}, which the site itself provides", "use another name")
    elif name in OF_SHELLS:
        found = f"found {name}, which has a meaning for shells or for the start of programs"
        reader.problem(path, found, "use another name, and set it where the application starts")
