"""The parameters of samconfig.toml: read as AWS SAM reads them, by the commands that show what `sam deploy` deploys."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from samcli.cli.types import CfnParameterOverridesType

from cli.main import main
from cli.sam_overrides import overrides

VALUES = (
    "Environment=staging",
    'Environment="staging" Title="Back soon" Contact=""',
    "Environment=staging   Title='Back soon'",
    r'Title="Say \"hi\"" Path=a\ b',
    "ParameterKey=Environment,ParameterValue=staging ParameterKey=Title,ParameterValue='Back soon'",
    "Zones=eu-west-1a,eu-west-1b Url=https://example.com/?a=b",
    ["Environment=staging", 'Title="Back soon"'],
    [["Environment=staging"], {"Replicas": 2}],
    {"Environment": "staging", "Replicas": 2, "Cache": True, "Zones": ["eu-west-1a", "eu-west-1b"], "Quoted": '"x"'},
    {"Title": "Back soon = now"},
)


@pytest.mark.parametrize("value", VALUES)
def test_values_are_read_as_sam_reads_them(value: Any) -> None:
    assert overrides(value) == CfnParameterOverridesType().convert(value, None, None)


@pytest.mark.parametrize("value", ["staging", "file://values.yaml", ["Environment"], {"$include": "values.yaml"}])
def test_what_is_not_read_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"is not Name=Value|is read by AWS SAM only"):
        overrides(value)


SITE = """
Transform: ResilientWebsite
Parameters:
  Title: {Type: String, Default: From the template}
  Replicas: {Type: Number, Default: 0}
Resources:
  Site:
    Type: ResilientWebsite
    Properties: {Database: {ReadReplicas: !Ref Replicas}, Fallback: {Title: !Sub '${Title}'}}
Outputs:
  Title: {Value: !Ref Title}
"""
CONFIG = """
version = 0.1
[default.deploy.parameters]
parameter_overrides = "Replicas=1 MacroName=ResilientWebsite"
[staging.global.parameters]
parameter_overrides = ["Replicas=2", "Title=\\"Back soon\\""]
"""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make a folder with a template and a samconfig.toml, with another working folder."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    (folder / "samconfig.toml").write_text(CONFIG)
    (folder / "site.yaml").write_text(SITE)
    return folder / "site.yaml"


def run(*arguments: str | Path) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, list(map(str, arguments)))


def replicas(done: Result) -> int:
    assert done.exit_code == 0, done.output
    resources = json.loads(done.stdout)["Resources"].values()
    return sum("SourceDBInstanceIdentifier" in body.get("Properties", {}) for body in resources)


@pytest.mark.parametrize(
    ("options", "made", "noted"),
    [
        ((), 1, "sets Replicas;"),
        (("--config-env", "staging"), 2, "sets Replicas, Title;"),
        (("--config-env", "staging", "--parameter", "Replicas=3"), 3, "sets Title;"),
        (("--parameter", "Replicas=3"), 3, ""),
    ],
)
def test_options_come_before_samconfig_and_samconfig_before_defaults(
    site: Path, options: tuple[str, ...], made: int, noted: str
) -> None:
    done = run("expand", site, *options)
    assert replicas(done) == made
    assert noted in done.stderr
    assert ("samconfig.toml" in done.stderr) == bool(noted)
    assert "MacroName" not in done.stderr


def test_without_samconfig_nothing_changes(site: Path) -> None:
    (site.parent / "samconfig.toml").unlink()
    done = run("expand", site)
    assert (replicas(done), "parameter_overrides" in done.stderr) == (0, False)


@pytest.mark.parametrize(
    "command",
    [
        ("cost", "site/site.yaml"),
        ("deployer-policy", "site/site.yaml"),
        ("diff", "site/site.yaml", "site/site.yaml"),
        ("doctor", "site/site.yaml"),
        ("explain", "site/site.yaml"),
        ("failures", "site/site.yaml"),
        ("stack-policy", "site/site.yaml"),
    ],
)
@pytest.mark.usefixtures("site")
def test_every_command_on_a_template_reads_them(command: tuple[str, ...]) -> None:
    done = run(*command, "--config-env", "staging")
    assert done.exit_code == 0, done.output
    assert "samconfig.toml: parameter_overrides sets Replicas, Title; --parameter comes first" in done.stderr


@pytest.mark.usefixtures("site")
def test_a_value_that_is_not_allowed_is_refused_as_one_of_the_option(site: Path) -> None:
    (site.parent / "samconfig.toml").write_text(CONFIG.replace("Replicas=1", "Replicas=many"))
    done = run("expand", site)
    assert done.exit_code == 1
    assert "Parameters.Replicas" in done.stderr


def test_overrides_that_are_not_read_say_so(site: Path) -> None:
    (site.parent / "samconfig.toml").write_text(
        CONFIG.replace("Replicas=1 MacroName=ResilientWebsite", "file://x.yaml")
    )
    done = run("expand", site)
    assert done.exit_code == 1
    assert "samconfig.toml: parameter_overrides: file://x.yaml is read by AWS SAM only; write a text" in done.stderr
