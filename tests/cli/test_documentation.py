"""The commands of the documentation, run as they are written: the environment has the endpoints, ids are replaced."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from resilient_website.reading.properties import properties
from resilient_website.site_spec import SiteSpec
from tests.cli.links import at, read_link
from tests.cli.moto import Moto, environment
from tests.cli.requests import TEMPLATE
from tests.command_process import SCRIPT, commands_template
from tests.forked_programs import Forks, Program, aws, sam
from tests.sites import Installation
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

BLOCK = re.compile(r"^<!-- run: (\w+) -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Of the project: what the commands read and build. The command line itself is a fork.
PROJECT = ("LICENSE", "README.md", "custom_resources", "examples", "macros", "samconfig.toml", "template.yaml")
COMMAND_LINE = "build_templates.py"


def commands(page: str, where: str) -> str:
    """Return the commands of a page that are marked to be run somewhere, in their order."""
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text())
    assert blocks
    assert {place for place, _ in blocks} == {where}
    return "".join(block for _, block in blocks)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a copy of what a user has, to run in."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def run(script: str, folder: Path, variables: dict[str, str]) -> str:
    """Run commands as somebody types them, who answers every question with Enter; return what they print.

    `aws`, `sam` and the command line are forks.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    command_line = Program(commands_template(), [SCRIPT])
    with Forks({"aws": aws(), "sam": sam(), COMMAND_LINE: command_line}) as programs:
        (folder / COMMAND_LINE).symlink_to(programs.folder / COMMAND_LINE)
        path = f"{programs.folder}:{ROOT}/.venv/bin:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env={**inherited, "SAM_CLI_TELEMETRY": "0", "PATH": path, **variables},
            input="\n" * 40,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_every_shell_command_is_run() -> None:
    for page in ("getting-started.md", "console.md", "stacksets.md"):
        text = (ROOT / "docs" / page).read_text()
        assert text.count("```sh") == len(BLOCK.findall(text))


def test_readme_leaves_nothing_out() -> None:
    text = (ROOT / "README.md").read_text()
    left_out = [row.name for row in properties(SiteSpec) if f"`{row.name}`" not in text]
    folders = [path.parent.name for path in (ROOT / "custom_resources").glob("*/__init__.py")]
    left_out += [name for name in folders if f"`custom_resources/{name}/`" not in text]
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    left_out += [name for name in pages if f"(docs/{name})" not in text]
    assert left_out == []


def test_index_has_the_pages_of_the_navigation_in_its_order() -> None:
    """`make site` reports pages that are not in the navigation."""
    navigation: list[Any] = yaml.safe_load((ROOT / "tools/site/mkdocs.yml").read_text())["nav"]
    groups = {name: entries for entry in navigation for name, entries in entry.items() if isinstance(entries, list)}
    expected = {
        group: [page if isinstance(page, str) else next(iter(page.values())) for page in pages]
        for group, pages in groups.items()
    }
    text = (ROOT / "docs/README.md").read_text()
    sections = [section.partition("\n") for section in text.split("\n## ")[1:]]
    rows = re.compile(r"^\| \[[^]]+\]\(([^)]+)\) \| \S.* \|$", re.MULTILINE)
    assert {name: [f"docs/{page}" for page in rows.findall(body)] for name, _, body in sections} == expected


def test_getting_started(emulator: Emulator, project: Path) -> None:
    account = "300000000011"
    out = run(commands("getting-started.md", "emulator"), project, emulator.environment(account))
    assert "https://" in out
    stacks = emulator.client("cloudformation", account).list_stacks()["StackSummaries"]
    assert {stack["StackName"]: stack["StackStatus"] for stack in stacks if "my-site" in stack["StackName"]} == {
        "my-site": "DELETE_COMPLETE"
    }


def test_console(installation: Installation, project: Path) -> None:
    variables = installation.emulator.environment(installation.account)
    out = run(commands("console.md", "emulator"), project, variables)
    (link, _) = [read_link(line.strip()) for line in out.splitlines() if ".console.aws.amazon.com" in line]
    assert (link.stack_name, link.parameters) == ("my-site", {"FallbackTitle": "Back soon"})
    installation.cloudformation.create_stack(
        StackName="from-the-console",
        TemplateURL=at(installation.emulator.url, link.template_url),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in link.parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    assert installation.wait("from-the-console") == "CREATE_COMPLETE", installation.failures("from-the-console")
    described = installation.cloudformation.describe_stacks(StackName="from-the-console")["Stacks"][0]
    assert {"ParameterKey": "FallbackTitle", "ParameterValue": "Back soon"} in described["Parameters"]
    assert installation.outputs("from-the-console")["Url"].startswith("https://")
    installation.delete("from-the-console")


def test_stack_sets(moto: Moto, project: Path) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}}]}
    moto.client("iam").create_role(
        RoleName="AWSCloudFormationStackSetAdministrationRole", AssumeRolePolicyDocument=json.dumps(trust)
    )
    organizations = moto.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Web")["OrganizationalUnit"]["Id"]
    made = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]
    organizations.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=unit)
    (project / "plain.json").write_text(json.dumps(TEMPLATE))
    script = commands("stacksets.md", "moto").replace("ou-ab12-34567890", unit)
    out = run(script, project, environment(moto.url))
    assert out.count("succeeded") == 6
    assert out.count("deleted") == 4
    cloudformation = moto.client("cloudformation")
    instances = cloudformation.list_stack_instances(StackSetName="resilient-website-macro")["Summaries"]
    assert {(i["Account"], i["Region"]) for i in instances} == {
        (made["AccountId"], "us-east-1"),
        (made["AccountId"], "eu-west-1"),
    }


def test_a_service_role(moto: Moto, project: Path) -> None:
    shutil.copy(ROOT / "examples/everything.yaml", project / "site.yaml")
    run(commands("permissions.md", "moto"), project, environment(moto.url))
    iam = moto.client("iam")
    role = iam.get_role(RoleName="website")["Role"]
    assert role["Path"] == "/deployers/"
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    attached = iam.list_attached_role_policies(RoleName="website")["AttachedPolicies"]
    written = sorted((project / "policies").glob("permissions-*.json"))
    assert len(attached) == len(written) > 1
    iam.create_policy(PolicyName="person", PolicyDocument=(project / "policies/person.json").read_text())
    [organization] = re.findall(r"^```json\n(.*?)^```$", (ROOT / "docs/permissions.md").read_text(), re.M | re.S)
    iam.create_policy(PolicyName="organization", PolicyDocument=organization)
