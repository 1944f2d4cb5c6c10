"""`build_templates.py init` as its user runs it, on a terminal and in scripts; what it writes is deployed."""

import os
import pty
import select
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import cfn_flip
import pytest

from cli.init.answers import Answers, needs_prefix_list
from cli.init.files import files, gitignore
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.cli.init_process import environment, init
from tests.sites import Installation
from tools.repository import ROOT

COMMAND = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "init"]
NAMES = {"site.yaml", "samconfig.toml", ".gitignore", ".cfnlintrc", ".resilient-website", ".vscode"}
SECONDS = 60


def on_terminal(arguments: list[str], dialogue: list[tuple[str, str]]) -> tuple[int, str]:
    """Run the command on a pseudo-terminal, and type each answer once it is asked for. Return status and output."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(COMMAND[0], [*COMMAND, *arguments], environment())
    seen, rest = "", list(dialogue)
    deadline = time.monotonic() + SECONDS
    position = 0
    while time.monotonic() < deadline:
        try:
            if select.select([terminal], [], [], 0.1)[0]:
                seen += os.read(terminal, 4096).decode()
        except OSError:  # The terminal's other end is closed: the command has ended.
            break
        if rest and rest[0][0] in seen[position:]:
            position = len(seen)
            os.write(terminal, (rest.pop(0)[1] + "\n").encode())
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert rest == [], f"not asked: {rest}\n{seen}"
    return status, seen


def test_answers_typed_on_a_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    status, seen = on_terminal(
        [str(folder)],
        [
            ("Stack name [shop]", "web-shop"),
            ("AWS Region [us-east-1]", "Europe"),
            ("Error: found 'Europe'; Regions look like eu-west-1", "eu-wst-1"),
            ("which is no Region that this version knows; did you mean eu-west-1?", "eu-west-1"),
            ("Domain name", "https://www.example.com"),
            ("did you mean www.example.com?", "www.example.com"),
            ("hosted zone", ""),
            ("hosted zone", "example.com"),
            ("Error: found 'example.com'", "Z0123456789ABCDEFGHIJ"),
            ("MySQL database?", "n"),
            ("cache", "y"),
            ("Email address to show", "help@example.com"),
            ("alarms", "night"),
            ("Error: found 'night'", "night@example.com"),
            ("Application", "ruby"),
            ("Error: found 'ruby'; allowed: php, python", "python"),
        ],
    )
    assert status == 0, seen
    assert {path.name for path in folder.iterdir()} == {*NAMES, "app"}
    config = tomllib.loads((folder / "samconfig.toml").read_text())
    assert config["default"]["global"]["parameters"] == {"stack_name": "web-shop", "region": "eu-west-1"}
    template: Any = cfn_flip.load((folder / "site.yaml").read_text())[0]
    properties = template["Resources"]["Site"]["Properties"]
    assert properties["DomainName"] == "www.example.com"
    assert (properties["Database"], properties["Cache"]) == (False, True)
    assert "release web-shop app --region eu-west-1" in seen
    assert properties["Fallback"]["ContactEmail"] == "help@example.com"
    assert properties["Monitoring"]["AlarmEmail"] == "night@example.com"
    assert {"DashboardUrl", "AlarmTopicArn", "WebLogGroupName"} < set(template["Outputs"])


def test_without_answers_from_a_script(tmp_path: Path) -> None:
    folder = tmp_path / "9 lives"
    done = init(folder, "--yes")
    assert done.returncode == 0, done.stderr
    assert f"cd '{folder}' && sam deploy" in done.stdout
    config = tomllib.loads((folder / "samconfig.toml").read_text())
    assert config["default"]["global"]["parameters"]["stack_name"] == "site-9-lives"


def test_what_to_do_next_fits_in_80_columns(tmp_path: Path) -> None:
    done = init(tmp_path / "shop", "--yes")
    _, _, after = done.stdout.partition("\n\n")
    assert "sam deploy --guided" in after
    assert max(len(line) for line in after.splitlines() if not line.startswith(f"  cd {tmp_path}")) <= 80


def test_answers_that_end_early_write_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    done = init(folder, typed="my-site\neu-west-1\n")
    assert done.returncode == 1
    assert "the input ended before the last question; give --yes" in done.stderr
    assert not folder.exists()


def test_nothing_is_written_over_without_force(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("mine")
    (tmp_path / ".gitignore").write_text("mine\nbuild")
    done = init(tmp_path, "--yes")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "--force" in done.stderr
    assert (tmp_path / "site.yaml").read_text() == "mine"
    assert not (tmp_path / "samconfig.toml").exists()
    assert init(tmp_path, "--yes", "--force").returncode == 0
    assert (tmp_path / "site.yaml").read_text() != "mine"
    assert (tmp_path / "site.yaml.bak").read_text() == "mine"
    assert (tmp_path / ".gitignore").read_text() == "mine\nbuild\n# What sam writes\n.aws-sam/\n"
    again = init(tmp_path, "--yes", "--force")
    assert (again.returncode, "site.yaml.bak: exists already" in again.stderr) == (1, True)
    assert (tmp_path / "site.yaml.bak").read_text() == "mine"


def test_lines_are_added_to_gitignore_once() -> None:
    once = gitignore("node_modules/\n")
    assert once.startswith("node_modules/\n")
    assert gitignore(once) == once


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--domain-name", "www.example.com"), "--hosted-zone-id: not given"),
        (("--hosted-zone-id", "Z0123456789ABCDEFGHIJ"), "--domain-name: not given"),
        (("--domain-name", "WWW example", "--hosted-zone-id", "Z0123456789ABCDEFGHIJ"), "Properties.DomainName"),
        (("--stack-name", "1"), "--stack-name: found '1'"),
        (("--region", "Ireland"), "--region: found 'Ireland'"),
        (("--region", "us-east-9"), "which is no Region that this version knows; did you mean us-east-"),
        (("--region", "us-gov-west-1"), "whose partition lacks services that a site needs"),
        (("--region", "ap-east-2"), "give the output of: aws ec2 describe-managed-prefix-lists --region ap-east-2"),
        (("--region", "ap-east-2", "--prefix-list-id", "x"), "CloudFrontPrefixListId"),
        (("--contact-email", "nobody"), "ContactEmail"),
        (("--kind", "wordpress", "--no-database"), "--no-database: found, with --kind wordpress"),
    ],
)
def test_answers_with_problems_write_nothing(tmp_path: Path, arguments: tuple[str, ...], reported: str) -> None:
    done = init(tmp_path / "site", "--yes", *arguments)
    assert done.returncode == 1
    assert reported in done.stderr
    assert not (tmp_path / "site").exists()


def test_region_whose_prefix_list_the_macro_does_not_know(tmp_path: Path) -> None:
    done = init(tmp_path / "site", "--yes", "--region", "ap-east-2", "--prefix-list-id", "pl-3b927c52")
    assert done.returncode == 0, done.stderr
    template = read_template(tmp_path / "site/site.yaml")
    assert template["Resources"]["Site"]["Properties"]["LoadBalancer"] == {"CloudFrontPrefixListId": "pl-3b927c52"}
    assert expand_template(template, {}, "ap-east-2")["Resources"]


@pytest.mark.parametrize(("options", "noted"), [((), True), (("--alarm-email", "on-call@example.com"), False)])
def test_site_whose_alarms_reach_nobody_says_so(tmp_path: Path, options: tuple[str, ...], noted: bool) -> None:
    done = init(tmp_path / "site", "--yes", *options)
    assert done.returncode == 0, done.stderr
    where = f"{tmp_path}/site/site.yaml: Resources.Site.Properties.Monitoring: "
    note = f"{where}the alarms have no recipient; write AlarmEmail or AlarmTopicArn\n"
    assert done.stderr == (note if noted else "")


def test_prefix_list_is_asked_for_where_it_is_needed(tmp_path: Path) -> None:
    status, _ = on_terminal(
        [
            str(tmp_path / "shop"),
            "--no-database",
            "--no-cache",
            "--contact-email",
            "",
            "--alarm-email",
            "",
            "--kind",
            "php",
        ],
        [
            ("Stack name", ""),
            ("AWS Region", "mx-central-1"),
            ("describe-managed-prefix-lists --region mx-central-1", "pl"),
            ("Error: found 'pl'", "pl-3b927c52"),
            ("Domain name", ""),
        ],
    )
    assert status == 0
    assert "pl-3b927c52" in (tmp_path / "shop/site.yaml").read_text()


def test_domain_needs_no_certificate_in_any_region(tmp_path: Path) -> None:
    options = (
        "--yes",
        "--region",
        "eu-west-1",
        "--domain-name",
        "www.example.com",
        "--hosted-zone-id",
        "Z0123456789AB",
    )
    done = init(tmp_path / "site", *options)
    assert done.returncode == 0, done.stderr
    template = cfn_flip.load((tmp_path / "site/site.yaml").read_text())[0]
    made = expand_template(template, {}, "eu-west-1")["Resources"]
    assert [body for body in made.values() if "ertificate" in body["Type"]]


@pytest.mark.parametrize("macro", ["ResilientWebsite", "123456789012::Website", "a: b", "#"])
def test_name_of_the_macro_is_written_as_it_is_given(macro: str) -> None:
    answers = Answers(
        "s", "us-east-1", "", "", "", database=True, cache=False, contact_email="", alarm_email="", macro=macro
    )
    assert cfn_flip.load(files(answers)["site.yaml"])[0]["Transform"] == macro


@pytest.mark.parametrize("region", ["us-east-1", "us-west-1", "eu-west-1", "ca-west-1", "me-south-1"])
@pytest.mark.parametrize(("tiers", "alarm_email"), [((True, True), "a@example.com"), ((False, False), "")])
def test_every_combination_expands(region: str, tiers: tuple[bool, bool], alarm_email: str) -> None:
    answers = Answers(
        "s", region, "", "", "", *tiers, contact_email="", alarm_email=alarm_email, macro="ResilientWebsite"
    )
    answers = replace(answers, prefix_list="pl-0123456789abcdef0" if needs_prefix_list(region) else "")
    template = cfn_flip.load(files(answers)["site.yaml"])[0]
    assert len(expand_template(template, {}, region)["Resources"]) > 20


def test_result_is_deployed_by_sam_deploy_in_its_folder(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "launched"
    assert init(folder, "--yes", "--no-database").returncode == 0
    here = Installation(installation.emulator, installation.account, folder, build=installation.build)
    here.sam("deploy")
    assert here.outputs("launched")["Url"].startswith("https://")
    assert "No changes to deploy" in here.sam("deploy").stdout
    assert here.delete("launched") == "DELETE_COMPLETE"
