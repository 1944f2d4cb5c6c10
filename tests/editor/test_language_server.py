"""A template in an editor: the YAML language server completes, documents and checks a site's properties."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.schema.editor_files import MODELINE, write_editor_files
from tests.editor.language_server import LanguageServer, language_server
from tools.repository import ROOT

SITE = f"""\
{MODELINE}
Transform: ResilientWebsite
Parameters:
  Zone: {{Type: String, Default: Z0123456789ABCDEFGHIJ}}
Resources:
  Site:
    Type: ResilientWebsite
    Properties:
      HostedZoneId: !Ref Zone
      Database:
        MultiAZ: !If [IsLarge, true, false]
        M
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {{BucketName: !Sub "${{AWS::StackName}}-bucket"}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    assert list(write_editor_files(made))
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    """Yield a server for the templates of all tests, each a file of its own: to start it takes half a second."""
    tags = json.loads((folder / ".vscode/settings.json").read_text())["yaml.customTags"]
    settings = {"yaml": {"customTags": tags, "validate": True, "completion": True, "hover": True}}
    with language_server(folder, settings) as running:
        yield running


@pytest.fixture
def path(folder: Path, request: pytest.FixtureRequest) -> Path:
    """Return the file of a test's template."""
    return folder / f"site-{request.node.name}.yaml"


def position(text: str, part: str) -> tuple[int, int]:
    """Return the line and character at the end of the first occurrence of a part of a text."""
    before = text[: text.index(part) + len(part)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def test_properties_are_proposed_with_their_documentation(server: LanguageServer, path: Path) -> None:
    path.write_text(SITE)
    server.open(path)
    proposed = server.complete(path, *position(SITE, "false]\n        M"))
    assert {"MaxAllocatedStorage", "MonitoringInterval"} <= proposed.keys()
    assert "VpcId" not in proposed
    assert "GiB" in str(proposed["MaxAllocatedStorage"]["documentation"])


def test_values_are_proposed(server: LanguageServer, path: Path) -> None:
    text = SITE.replace("        M\n", "").replace("      Database:", "      FrontDoor: \n      Database:")
    path.write_text(text)
    server.open(path)
    proposed = server.complete(path, *position(text, "FrontDoor: "))
    assert {"CloudFront", "LoadBalancer"} <= proposed.keys()


def test_a_property_is_documented(server: LanguageServer, path: Path) -> None:
    path.write_text(SITE)
    server.open(path)
    line, character = position(SITE, "MultiAZ")
    assert "standby" in server.hover(path, line, character - 2)


def test_an_unknown_property_is_underlined_at_its_place(server: LanguageServer, path: Path) -> None:
    text = SITE.replace("        M\n", "        MultiAz: true\n")
    path.write_text(text)
    (found,) = server.open(path)
    assert "MultiAz" in found["message"]
    line, character = position(text, "MultiAz")
    assert found["range"]["end"] == {"line": line, "character": character}


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_in_an_example_is_underlined(server: LanguageServer, path: Path, example: Path) -> None:
    path.write_text(f"{MODELINE}\n{example.read_text()}")
    assert server.open(path) == []
