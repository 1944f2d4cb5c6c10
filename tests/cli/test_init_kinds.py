"""The applications that `build_templates.py init --kind` adds: what they start with, and how they are released."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import cfn_flip
import pytest

from cli.init.answers import Answers
from cli.init.files import files
from cli.init.kinds import KINDS, Kind
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.cli.fake_site import REGION
from tests.cli.init_process import init
from tests.cli.releasing import invoke, released_site
from tests.quoting.cloudformation import resolved
from tools.repository import ROOT

WHOLE = re.MULTILINE | re.DOTALL


@pytest.mark.parametrize("kind", KINDS)
def test_kind_adds_its_application_and_starts_with_the_sample(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "shop"
    assert init(folder, "--yes", "--kind", kind).returncode == 0
    template: Any = json.loads(json.dumps(cfn_flip.load((folder / "site.yaml").read_text())[0]))
    (parameter,) = template["Parameters"]
    value = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:{'0' * 64}" if kind == "container" else "a/b.zip"
    first, then = (expand_template(template, {parameter: each}, "us-east-1")["Resources"] for each in ("", value))
    # What `release` may change, and the metadata that lists the parameters.
    changed = {name for name in {**first, **then} if first.get(name) != then.get(name)}
    assert changed == {"SiteVpc", "SiteWebRole", "SiteWebLaunchTemplate"}
    assert "sample_app.py" in json.dumps(first["SiteWebLaunchTemplate"])
    assert "sample_app.py" not in json.dumps(then["SiteWebLaunchTemplate"])
    prepared = KINDS[kind].prepared
    assert (prepared in (folder / ".gitignore").read_text().splitlines()) is bool(prepared)
    changed_file = next(path for path in (folder / "app").rglob("*") if path.is_file())
    changed_file.write_text("mine")
    again = init(folder, "--yes", "--kind", kind)
    assert (again.returncode, "exists already" in again.stderr, changed_file.read_text()) == (1, True, "mine")


def test_servers_of_wordpress_may_read_its_two_secrets_only(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    assert init(folder, "--yes", "--kind", "wordpress").returncode == 0
    template: Any = json.loads(json.dumps(cfn_flip.load((folder / "site.yaml").read_text())[0]))
    role = expand_template(template, {"ReleaseKey": "a/b.zip"}, "us-east-1")["Resources"]["SiteWebRole"]["Properties"]
    found: list[Any] = []
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if "secretsmanager" in json.dumps(statement["Action"]):
                assert statement["Action"] == "secretsmanager:GetSecretValue"
                resources = statement["Resource"]
                found += resources if isinstance(resources, list) else [resources]
    values = {"Salt": "arn:of-the-salt", "SiteDatabaseSecret": "arn:of-the-database"}
    assert sorted(resolved(each, values) for each in found) == sorted(values.values())


def test_uploads_in_a_release_of_wordpress_are_refused(tmp_path: Path) -> None:
    """On the server that has them, WordPress would write new ones there too, and not into the shared folder."""
    content, shared = tmp_path / "wordpress/wp-content", tmp_path / "shared"
    for folder in (content, shared / "uploads", tmp_path / "wp-content"):
        folder.mkdir(parents=True)
    lines = [line for line in KINDS["wordpress"].install if "wordpress/wp-content" in line]

    def installed() -> int:
        script = "\n".join(lines)
        environment = {**os.environ, "FILES_FOLDER": str(shared)}
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, check=False
        ).returncode

    assert installed() == 0
    assert (content / "uploads").readlink() == shared / "uploads"
    (content / "uploads").unlink()
    (tmp_path / "wp-content/uploads").mkdir()
    assert installed() != 0
    assert list((shared / "uploads").iterdir()) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_documentation_has_the_commands_that_are_printed(kind: Kind, tmp_path: Path) -> None:
    pages = [page for page in (ROOT / "docs/applications.md", ROOT / f"docs/{kind.name}.md") if page.exists()]
    start = rf"^```bash\n(\./build_templates\.py init my-site --kind {kind.name}\n.*?)^```$"
    block, *others = [found for page in pages for found in re.findall(start, page.read_text(), WHOLE)]
    assert others == [block] * (len(pages) - 1)
    _, *documented = block.replace("build_templates.py", str(ROOT / "build_templates.py")).splitlines()
    folder = tmp_path / "my-site"
    printed = init(folder, "--yes", "--kind", kind.name, "--region", "us-east-1").stdout.partition("Then:\n")[2]
    assert [line.strip().replace(str(folder), "my-site") for line in printed.splitlines()] == documented


# What the programs of release.sh answer. Each call is written into the file `calls`.
ANSWERS = {
    "aws": """case "$*" in
  *describe-stacks*) echo 123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-site-repository ;;
esac""",
    "docker": '[ "$1" != login ] || cat > /dev/null',
    "resilient-website": "true",
}


def test_script_works_for_a_command_line_and_in_a_folder_with_spaces(tmp_path: Path) -> None:
    program = tmp_path / "a clone's {folder}" / "build_templates.py"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\n')
    answers = Answers("s", "eu-west-1", "", "", "", False, False, contact_email="", alarm_email="", macro="M")
    texts = files(replace(answers, kind="container"), shlex.quote(str(program)))
    script = tmp_path / "my site" / "release.sh"
    script.parent.mkdir()
    script.write_text(texts["release.sh"])
    programs = tmp_path / "bin"
    programs.mkdir()
    for path, text in [(programs / name, f"#!/bin/sh\n{text}\n") for name, text in ANSWERS.items()]:
        path.write_text(text)
        path.chmod(0o755)
    program.chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(["bash", script, "--dry-run"], env=environment, check=True, capture_output=True)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:2] == ["release", "s"]
    assert asked[3:] == ["--region", "eu-west-1", "--dry-run"]


def test_image_is_released_by_the_command_line(tmp_path: Path) -> None:
    folder, programs = tmp_path / "my-site", tmp_path / "bin"
    assert init(folder, "--yes", "--kind", "container", "--region", "eu-west-1").returncode == 0
    script = folder / "release.sh"
    # What has written it, so that it works without further settings.
    assert f"program=${{RESILIENT_WEBSITE:-{ROOT}/build_templates.py}}\n" in script.read_text()
    programs.mkdir()
    for name, answer in ANSWERS.items():
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/calls\n{answer}\n')
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "RESILIENT_WEBSITE": "resilient-website"}
    subprocess.run(["bash", script, "--skip-canary"], env=environment, check=True, capture_output=True)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert "--stack-name my-site" in calls[0]
    repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-site-repository"
    (built,) = [call for call in calls if call.startswith("docker build")]
    assert f"--platform linux/arm64 --tag {repository}:" in built
    image = built.split()[-2]
    assert f"docker push {image}" in calls
    assert calls[-1] == f"resilient-website release my-site {image} --region eu-west-1 --skip-canary"


def test_container_of_a_new_site_is_released_and_goes_back(tmp_path: Path) -> None:
    """The template that `init` writes, and the image that its release.sh gives: by its tag."""
    folder = tmp_path / "my-site"
    domain = ("--domain-name", "www.example.com", "--hosted-zone-id", "Z0123456789ABCDEFGHIJ")
    assert init(folder, "--yes", "--kind", "container", "--region", REGION, *domain).returncode == 0
    with released_site() as fake:
        fake.template = json.loads(json.dumps(read_template(folder / "site.yaml")))
        fake.values = {"Image": ""}
        fake.redeploy()
        image, digest = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/shop", fake.push("shop", "20260301-120000")
        done = invoke(f"{image}:20260301-120000")
        assert done.exit_code == 0, done.stderr
        assert fake.values["Image"] == f"{image}@{digest}"
        back = invoke("--back")
        assert back.exit_code == 0, back.stderr
        assert fake.values["Image"] == ""
