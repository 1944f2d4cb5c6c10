"""Which Region and profile the commands that ask AWS ask with: one precedence for all of them."""

from pathlib import Path
from typing import Any

import botocore.client
import botocore.session
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result

from cli.aws_session import AwsSettings
from cli.main import main
from tools.repository import ROOT

MINIMAL = str(ROOT / "examples/minimal.yaml")

# The commands that ask AWS, each with arguments that make it ask.
COMMANDS = {
    "check": ("check", MINIMAL),
    "diff": ("diff", "stack:my-site", MINIMAL),
    "diff, new": ("diff", MINIMAL, "stack:my-site"),
    "logs": ("logs", "my-site"),
    "maintenance": ("maintenance", "status", "my-site"),
    "open": ("open", "my-site", "--print"),
    "prove": ("prove", "--accept-cost", "99"),
    "publish": ("publish", "PLAIN", "--bucket", "my-templates"),
    "release": ("release", "my-site", "--back"),
    "restore": ("restore", "my-site", "--snapshot", "mine"),
    "saved-pages": ("saved-pages", "save", "my-site"),
    "shell": ("shell", "my-site"),
    "stackset": ("stackset", "PLAIN", "--name", "site", "--accounts", "111111111111", "--regions", "us-west-2"),
    "stackset --delete": ("stackset", "--delete", "--name", "site"),
    "status": ("status", "my-site"),
    "switch status": ("switch", "status", "my-site"),
}
# What has one endpoint for all Regions is asked there.
GLOBAL = ("organizations", "iam", "account")

CONFIG = """
[default]
region = eu-central-1

[profile production]
region = eu-west-1
aws_access_key_id = production
aws_secret_access_key = x

[profile without]
aws_access_key_id = without
aws_secret_access_key = x
"""


class RecordedRequests:
    """The Region and the access key of every request that a command makes; AWS refuses each."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []

    def __call__(self, client: Any, operation: str, arguments: Any) -> None:
        del arguments
        key = client._request_signer._credentials.access_key
        self.requests.append((client.meta.service_model.service_name, client.meta.region_name, key))
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    def regions(self) -> set[str]:
        """Return the Regions that were asked."""
        return {region for service, region, _ in self.requests if service not in GLOBAL}

    def keys(self) -> set[str]:
        """Return the access keys that were asked with."""
        return {key for _, _, key in self.requests}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RecordedRequests:
    (tmp_path / "config").write_text(CONFIG)
    (tmp_path / "plain.json").write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)
    recorded = RecordedRequests()

    def refuse(client: Any, operation: str, arguments: Any) -> None:
        recorded(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)
    return recorded


def run(name: str, *options: str) -> Result:
    arguments = [argument.replace("PLAIN", "plain.json") for argument in COMMANDS[name]]
    return CliRunner().invoke(main, [*arguments, *options])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_profile_of_the_environment_gives_region_and_credentials(
    recorded: RecordedRequests, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    done = run(name)
    assert recorded.regions() == {"eu-west-1"}, done.output
    assert recorded.keys() == {"production"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_a_profile(recorded: RecordedRequests, name: str) -> None:
    done = run(name, "--profile", "production")
    assert recorded.regions() == {"eu-west-1"}, done.output
    assert recorded.keys() == {"production"}


PRECEDENCE: tuple[tuple[tuple[str, ...], dict[str, str], str], ...] = (
    (("--region", "sa-east-1"), {"AWS_REGION": "ca-central-1", "AWS_DEFAULT_REGION": "ap-south-1"}, "sa-east-1"),
    ((), {"AWS_REGION": "ca-central-1", "AWS_DEFAULT_REGION": "ap-south-1"}, "ca-central-1"),
    ((), {"AWS_DEFAULT_REGION": "ap-south-1"}, "ap-south-1"),
    ((), {}, "eu-west-1"),
)


@pytest.mark.parametrize(("options", "variables", "region"), PRECEDENCE)
@pytest.mark.parametrize("name", COMMANDS)
def test_precedence(
    recorded: RecordedRequests,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: tuple[str, ...],
    variables: dict[str, str],
    region: str,
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    done = run(name, "--profile", "production", *options)
    assert recorded.regions() == {region}, done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_without_a_region_nothing_is_asked_anywhere(recorded: RecordedRequests, name: str) -> None:
    done = run(name, "--profile", "without")
    assert (recorded.requests, done.exit_code) == ([], 1)
    advice = "give --region, or set AWS_REGION, or region in samconfig.toml or the profile"
    assert done.output == f"--region: no Region is given; {advice}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_unknown_profile(recorded: RecordedRequests, name: str) -> None:
    done = run(name, "--profile", "gone")
    assert (recorded.requests, done.exit_code) == ([], 1)
    assert done.output == "--profile: there is no profile gone; use one of default, production, without\n"


def test_installer_in_several_regions_is_published_with_the_profile(recorded: RecordedRequests, tmp_path: Path) -> None:
    del tmp_path
    arguments = ("--installer", "--bucket", "code", "--regions", "us-west-2,eu-north-1", "--profile", "without")
    CliRunner().invoke(main, ["publish", *arguments])
    assert recorded.regions() <= {"us-west-2", "eu-north-1"}
    assert recorded.keys() == {"without"}


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(("profile", "region"), [("production", "eu-west-1"), ("without", "us-east-1")])
def test_a_template_is_expanded_for_the_profile_s_region_else_for_us_east_1(
    monkeypatch: pytest.MonkeyPatch, profile: str, region: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", profile)
    found = CliRunner().invoke(main, ["expand", MINIMAL]).stdout
    monkeypatch.delenv("AWS_PROFILE")
    assert found == CliRunner().invoke(main, ["expand", MINIMAL, "--region", region]).stdout


SAM_CONFIG = """
version = 0.1
[default.global.parameters]
region = "sa-east-1"
profile = "production"
[default.deploy.parameters]
stack_name = "site"
[staging.deploy.parameters]
region = "ap-south-1"
profile = "without"
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_samconfig_beside_the_template_gives_region_and_profile(
    recorded: RecordedRequests, tmp_path: Path, name: str
) -> None:
    # Beside the template of examples/ there is none.
    (tmp_path / "samconfig.toml").write_text(SAM_CONFIG)
    (tmp_path / "site.yaml").write_text(Path(MINIMAL).read_text())
    arguments = [each.replace(MINIMAL, "site.yaml").replace("PLAIN", "plain.json") for each in COMMANDS[name]]
    done = CliRunner().invoke(main, arguments)
    assert (recorded.regions(), recorded.keys()) == ({"sa-east-1"}, {"production"}), done.output
    recorded.requests.clear()
    Path("prove.json").unlink(missing_ok=True)
    done = CliRunner().invoke(main, [*arguments, "--config-env", "staging"])
    assert (recorded.regions(), recorded.keys()) == ({"ap-south-1"}, {"without"}), done.output


@pytest.mark.parametrize(
    ("options", "variables", "region", "key"),
    [
        (("--region", "eu-north-1"), {}, "eu-north-1", "production"),
        ((), {"AWS_REGION": "eu-north-1"}, "eu-north-1", "production"),
        (("--profile", "without"), {}, "sa-east-1", "without"),
        ((), {"AWS_PROFILE": "without"}, "sa-east-1", "without"),
    ],
)
def test_options_and_environment_come_before_samconfig(
    recorded: RecordedRequests,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: tuple[str, ...],
    variables: dict[str, str],
    region: str,
    key: str,
) -> None:
    (tmp_path / "samconfig.toml").write_text(SAM_CONFIG)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    done = run("saved-pages", *options)
    assert (recorded.regions(), recorded.keys()) == ({region}, {key}), done.output


def test_zone_in_an_example_of_what_is_allowed_is_no_region(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(ZONES.replace("[eu-west-1a, eu-west-1b]", "1"))
    refused = CliRunner().invoke(main, ["expand", str(tmp_path / "site.yaml")])
    (line,) = refused.output.splitlines()
    assert line.endswith("the name of a zone, as in us-east-1a")


ZONES = """
Transform: ResilientWebsite
Resources: {Site: {Type: ResilientWebsite, Properties: {Network: {AvailabilityZones: [eu-west-1a, eu-west-1b]}}}}
"""


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("command", ["expand", "failures", "flat", "stack-policy", "deployer-policy"])
def test_templates_are_expanded_for_the_region_of_samconfig(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "without")
    (tmp_path / "site.yaml").write_text(ZONES)
    assumed = CliRunner().invoke(main, [command, "site.yaml"])
    assert assumed.exit_code == 1
    assert assumed.output.splitlines()[-1].startswith("--region: not given, so that us-east-1 is assumed; give ")
    given = CliRunner().invoke(main, [command, "site.yaml", "--region", "us-east-1"])
    assert "assumed" not in given.output
    (tmp_path / "samconfig.toml").write_text('[default.deploy.parameters]\nregion = "eu-west-1"')
    assert CliRunner().invoke(main, [command, "site.yaml"]).exit_code == 0


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("text", "options", "reported"),
    [
        ("default = [", (), "samconfig.toml: can't be read ("),
        (
            SAM_CONFIG,
            ("--config-env", "prod"),
            "--config-env: found 'prod', which is not in samconfig.toml; ",
        ),
        (None, ("--config-env", "prod"), "--config-env: there is no samconfig.toml; "),
        ("default = 1\n[other.deploy]\nparameters = 2", (), ""),
    ],
)
def test_samconfig_that_says_nothing(tmp_path: Path, text: str | None, options: tuple[str, ...], reported: str) -> None:
    (tmp_path / "site.yaml").write_text(Path(MINIMAL).read_text())
    if text is not None:
        (tmp_path / "samconfig.toml").write_text(text)
    done = CliRunner().invoke(main, ["expand", "site.yaml", *options])
    assert (done.exit_code, done.output.startswith(reported)) == (1 if reported else 0, True)


CONFIGS = (
    (CONFIG, ""),
    (CONFIG, "[production]\nregion = us-west-2\n[other]\nregion = ca-central-1\n"),
    ("[profile 'with space']\nregion = us-west-2\n[profile default]\nregion = sa-east-1\n", ""),
    ("[default]\nregion = us-west-2\n[production]\nregion = eu-west-3\n[sso-session production]\nregion = x\n", ""),
    ("[default]\nregion =\n[profile production]\ns3 =\n  region = us-west-2\noutput = json\n", ""),
)


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(("config", "credentials"), CONFIGS)
@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"AWS_PROFILE": "production"},
        {"AWS_PROFILE": "with space"},
        {"AWS_PROFILE": "other"},
        {"AWS_PROFILE": "default", "AWS_DEFAULT_PROFILE": "production"},
    ],
)
def test_files_of_profiles_are_read_as_the_sdk_reads_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: str, credentials: str, variables: dict[str, str]
) -> None:
    (tmp_path / "config").write_text(config)
    (tmp_path / "none").write_text(credentials)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    try:
        judged = botocore.session.Session().get_config_variable("region") or None
    except botocore.exceptions.ProfileNotFound:
        judged = None
    assert AwsSettings().region == judged


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("config", [b"region = eu-west-1", b"[profile 'x]\nregion = a", b"[default]\nregion = \xff"])
def test_files_that_can_not_be_read_give_no_region(tmp_path: Path, config: bytes) -> None:
    (tmp_path / "config").write_bytes(config)
    assert AwsSettings().region is None
