"""build_templates.py, as its user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli import __version__
from tools.repository import ROOT

SITE = {"Type": "ResilientWebsite", "Properties": {"Database": {"ReadReplicas": {"Ref": "Replicas"}}}}
TEMPLATE = {
    "Transform": "ResilientWebsite",
    "Parameters": {"Replicas": {"Type": "Number", "Default": 1}},
    "Resources": {"Site": SITE},
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(TEMPLATE))
    return path


def replicas(text: str) -> int:
    bodies = json.loads(text)["Resources"].values()
    return sum("SourceDBInstanceIdentifier" in body.get("Properties", {}) for body in bodies)


def test_parameters_have_their_default_or_the_given_value(command_line: Any, template: Path) -> None:
    assert replicas(command_line("expand", template).stdout) == 1
    assert replicas(command_line("expand", template, "--parameter", "Replicas=4").stdout) == 4


def test_output_goes_to_the_file_that_is_named(command_line: Any, template: Path, tmp_path: Path) -> None:
    done = command_line("expand", template, "-o", tmp_path / "new" / "out.json")
    assert (done.returncode, done.stdout) == (0, "")
    assert replicas((tmp_path / "new" / "out.json").read_text()) == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out.json"]


def test_yaml_with_short_forms_is_the_same_as_json(command_line: Any, template: Path, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(
        "Parameters: {Replicas: {Type: Number, Default: 1}}\n"
        "Transform: ResilientWebsite\n"
        "Resources: {Site: {Type: ResilientWebsite, Properties: {Database: {ReadReplicas: !Ref Replicas}}}}\n"
    )
    assert command_line("expand", path).stdout == command_line("expand", template).stdout


def test_aliases_are_resolved_with_a_note(command_line: Any, template: Path, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(
        "Parameters: {Replicas: {Type: Number, Default: 1}}\n"
        "Metadata: {Common: &common {Database: {ReadReplicas: !Ref Replicas}}}\n"
        "Resources: {Site: {Type: ResilientWebsite, Properties: {<<: *common}}}\n"
        "Transform: ResilientWebsite\n"
    )
    done = command_line("expand", path)
    assert (done.returncode, replicas(done.stdout)) == (0, 1)
    written = json.loads(command_line("expand", template).stdout)
    assert json.loads(done.stdout)["Resources"] == written["Resources"]
    note = f"{path}: line 3 has a YAML alias or merge key, which is resolved here; CloudFormation does not support them"
    assert done.stderr.count(note) == 1
    twice = command_line("diff", path, path)
    assert (twice.returncode, twice.stderr.count(note)) == (0, 1)


def test_region_decides_what_depends_on_it(command_line: Any, template: Path) -> None:
    ireland = command_line("expand", template, "--region", "eu-west-1").stdout
    assert "pl-4fa04526" in ireland
    assert "pl-4fa04526" not in command_line("expand", template).stdout


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--parameter", "Replica=2"], "Parameters.Replica: not declared in the template; did you mean Replicas?"),
        (["--parameter", "Replicas"], "is not NAME=VALUE"),
        (["--parameter", "Replicas=9"], "Resources.Site.Properties.Database.ReadReplicas: found '9'"),
    ],
)
def test_bad_parameters(command_line: Any, template: Path, arguments: list[str], reported: str) -> None:
    done = command_line("expand", template, *arguments)
    assert done.returncode != 0
    assert reported in done.stderr
    assert done.stdout == ""


def test_no_argument_builds_what_ships(command_line: Any, tmp_path: Path) -> None:
    done = command_line(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = [tmp_path / line for line in done.stdout.split()]
    names = ("console", "flat", "flat-domain", "flat-domain-cache", "flat-domain-application")
    assert written == [tmp_path / "build" / f"{name}.template.json" for name in names]
    assert command_line("expand", written[0]).returncode == 0


def test_file_that_is_not_there(command_line: Any, tmp_path: Path) -> None:
    done = command_line("expand", tmp_path / "no.yaml")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


DEEP = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": ' + '{"A": ' * 700 + "1" + "}" * 703


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        (tmp_path / "broken.yaml").write_text(text)
        return tmp_path / "broken.yaml"

    return write


@pytest.mark.parametrize(
    ("command", "text", "reported"),
    [
        ("expand", "Resources:\n  Site:\n   Type: ResilientWebsite\n  - A\n", ":4:3: "),
        ("failures", '{"Resources":' * 20_000, "maps and lists are nested hundreds of levels deep"),
        ("flat", "Resources: {Site: }", "Resources.Site: found nothing (an empty value); write a map"),
        ("flat", "Resources: {Site: {Properties: {}}}", "Resources.Site.Type: missing; name a type"),
        ("stack-policy", "Resources: {Site: {Type: ResilientWebSite}}", "did you mean ResilientWebsite?"),
        ("deployer-policy", "Resources: {Site: {Type: ResilientWebSite}}", "did you mean ResilientWebsite?"),
        (
            "expand",
            "{Transform: ResilientWebsite, Resources: {Site: {Type: ResilientWebsite, Condition: Live}}}",
            "Resources.Site.Condition: found 'Live'",
        ),
        (
            "failures",
            "Resources: {'Fn::ForEach::S': [N, [A], {'${N}': {Type: ResilientWebsite}}]}",
            "write each site as",
        ),
        ("expand", DEEP, "nested too deeply"),
        ("flat", DEEP, "nested too deeply"),
    ],
)
def test_input_that_is_wrong_gets_a_line_and_no_traceback(
    command_line: Any, written: Any, command: str, text: str, reported: str
) -> None:
    done = command_line(command, written(text))
    assert (done.returncode, done.stdout) == (1, "")
    assert reported in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["expand", "flat"])
def test_output_that_can_not_be_written_is_reported(command_line: Any, tmp_path: Path, command: str) -> None:
    (tmp_path / "site.yaml").write_text("{Transform: ResilientWebsite, Resources: {Site: {Type: ResilientWebsite}}}")
    for place in (tmp_path, tmp_path / "site.yaml" / "below", Path("/proc/nothing/there")):
        done = command_line(command, tmp_path / "site.yaml", "-o", place)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"{place}: can't be written (" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_python_without_the_libraries_leads_to_the_set_up() -> None:
    """As that of the system, with which a clone's file runs if `.venv/bin` is not on the PATH."""
    script = ROOT / "build_templates.py"
    done = subprocess.run([sys.executable, "-S", "-E", script, "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{sys.executable} has no module click: run `make setup` in {ROOT}, then "
        f"`export PATH={ROOT}/.venv/bin:$PATH`; or install the command line (`pipx install .`), and write "
        "resilient-website\n"
    )


@pytest.mark.parametrize("region", ["nowhere", ""])
def test_region_that_can_not_be_one_is_refused(command_line: Any, template: Path, region: str) -> None:
    for arguments in (["expand", template], ["diff", template, template]):
        done = command_line(*arguments, "--region", region)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"found '{region}'; Regions look like eu-west-1" in done.stderr


@pytest.mark.parametrize(("region", "meant"), [("eu-cental-1", "eu-central-1"), ("eu-wset-1", "eu-west-1")])
def test_region_that_is_misspelt_is_reported_beside_its_consequences(
    command_line: Any, template: Path, region: str, meant: str
) -> None:
    done = command_line("expand", template, "--region", region)
    assert done.stderr.splitlines()[-1] == (
        f"--region: found {region}, which is no Region that this version knows; did you mean {meant}?"
    )
    # A Region may be newer than this version.
    new = command_line("expand", template, "--region", "xy-middle-9")
    assert (new.returncode, "did you mean" in new.stderr) == (1, False)


def test_publish_reads_its_files_before_it_asks_aws(command_line: Any, tmp_path: Path) -> None:
    done = command_line("publish", tmp_path / "missing.yaml", "--bucket", "some-bucket")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path / 'missing.yaml'}: can't be read")


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("saved-pages", "save", "my-site"), "site Site of stack my-site"),
        (("diff", "my-site", "examples/minimal.yaml"), "stack:my-site"),
    ],
)
def test_no_credentials(
    command_line: Any, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], place: str
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", "/nonexistent")
    done = command_line(*arguments, "--region", "eu-west-1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{place}: no AWS credentials were found; sign in (`aws sso login`) or set AWS_PROFILE\n"


@pytest.mark.parametrize("arguments", [("expand", "FILE"), ("expand", "--help"), ("--help",), ("--version",)], ids=str)
def test_full_disk_is_reported(template: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py")]
        command += [str(template) if argument == "FILE" else argument for argument in arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "\n(output): can't be written (No space left on device)" in f"\n{done.stderr}"
    assert "Traceback" not in done.stderr


def test_output_that_is_not_writable_is_reported(template: Path) -> None:
    with template.open() as read_only:
        command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "expand", str(template)]
        done = subprocess.run(command, stdout=read_only, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "\n(output): can't be written (Bad file descriptor); write elsewhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_input_has_no_answers(tmp_path: Path) -> None:
    command = f"exec {ROOT}/.venv/bin/python {ROOT}/build_templates.py init site <&-"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "the input ended before the last question" in done.stderr


# Modules that are imported before a command is known, while it is imported, and while it runs.
@pytest.mark.parametrize("module", ["click", "cli.expand", "resilient_website.site"])
def test_interruption_ends_without_a_traceback(template: Path, tmp_path: Path, module: str) -> None:
    look = "import os, signal, sys\nclass Look:\n    def find_spec(self, name, *_):\n"
    look += f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\nsys.meta_path.insert(0, Look())\n"
    (tmp_path / "sitecustomize.py").write_text(look)
    command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "expand", str(template)]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["expand", "flat"])
def test_template_without_a_site_is_no_error_but_told(command_line: Any, written: Any, command: str) -> None:
    done = command_line(command, written("Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"))
    assert done.returncode == 0
    assert list(json.loads(done.stdout)["Resources"]) == ["Topic"]
    assert done.stderr.endswith("no resource has the type ResilientWebsite, so nothing was expanded\n")


def test_flat_template_has_no_loop(command_line: Any, written: Any) -> None:
    done = command_line("flat", written("Resources: {'Fn::ForEach::T': [N, [A], {'${N}': {Type: 'AWS::SNS::Topic'}}]}"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "found a loop (Fn::ForEach::...); write out the result" in done.stderr


def test_help_and_version(command_line: Any) -> None:
    assert "expand" in command_line("--help").stdout
    assert "--region" in command_line("expand", "--help").stdout
    assert __version__ in command_line("--version").stdout
