"""Wrong templates as people write them: each is refused with its line and its cause, and the repair works."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.located_problems import LocatedProblem, Places
from cli.macro_listed import require_macro
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.overrides import deep_merge
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

MAX_STEPS = 3


def site(*lines: str) -> str:
    """Return a template with these lines as the site's properties."""
    head = ("Transform: ResilientWebsite", "Resources:", "  Site:", "    Type: ResilientWebsite", "    Properties:")
    return "\n".join([*head, *(f"      {line}" for line in lines)]) + "\n"


# The template, line and column, a part of the message. In site(), the first property is in line 6, column 7.
CASES: dict[str, tuple[str, tuple[int, int], str]] = {
    "misspelt group": (site("Databse: false"), (6, 7), "did you mean Database?"),
    "misspelt case": (site("Database:", "  MultiAz: false"), (7, 9), "did you mean MultiAZ?"),
    "snake case": (site("Network:", "  cidr_block: 10.1.0.0/16"), (7, 9), "did you mean CidrBlock?"),
    "short name": (site("Network:", "  Cidr: 10.1.0.0/16"), (7, 9), "did you mean CidrBlock?"),
    "property outside its group": (site("InstanceType: m7g.large"), (6, 7), "it belongs in a group"),
    "engine": (site("Database:", "  Engine: mysql", "  MultiAZ: false"), (7, 9), "RDS for MySQL; leave Engine out"),
    "no database": (site("Database:", "  Enabled: false"), (7, 9), "write Database: false"),
    "RDS's name": (site("Database:", "  DBName: shop"), (7, 9), "did you mean DatabaseName?"),
    "user name": (site("Database:", "  MasterUsername: admin", "  MultiAZ: false"), (7, 9), "is website"),
    "storage type": (site("Database:", "  StorageType: io2", "  MultiAZ: false"), (7, 9), "Overrides: {Database: {Sto"),
    "firewall": (site("Security:", "  Waf: true"), (7, 9), "write Security: {WebACL: ManagedRules}"),
    "SSH key": (site("WebServers:", "  KeyName: me", "  MaxSize: 9"), (7, 9), "connect with Session Manager"),
    "public address": (site("Database:", "  PubliclyAccessible: true", "  MultiAZ: false"), (7, 9), "leave it out"),
    "health check": (site("LoadBalancer:", "  HealthCheckPath: /health"), (7, 9), "write WebServers: {HealthCheckPath"),
    "storage with a unit": (site("Database:", "  AllocatedStorage: 100GB"), (7, 9), "did you mean 100?"),
    "duration": (site("WebServers:", "  StartupTimeout: 10m"), (7, 9), "did you mean PT10M?"),
    "days with a unit": (site("Database:", "  BackupRetentionPeriod: 14 days"), (7, 9), "did you mean 14?"),
    "quoted yes": (site("Database:", "  MultiAZ: 'yes'"), (7, 9), "did you mean true?"),
    "choice in lower case": (site("Network:", "  WebSubnets: public"), (7, 9), "did you mean Public?"),
    "class without its prefix": (site("Database:", "  DBInstanceClass: t4g.small"), (7, 9), "did you mean db.t4g.sm"),
    "network with host bits": (site("Network:", "  CidrBlock: 10.0.0.1/16"), (7, 9), "did you mean 10.0.0.0/16?"),
    "path without a slash": (site("WebServers:", "  HealthCheckPath: health"), (7, 9), "did you mean /health?"),
    "tags as a map": (site("Tags: {Team: shop}"), (6, 7), "did you mean [{Key: 'Team', Value: 'shop'}]?"),
    "size of a buffer": (
        site("Database:", "  Parameters:", "    innodb_log_buffer_size: 64M"),
        (8, 11),
        "did you mean 67108864?",
    ),
    "address with a scheme": (
        site("DomainName: https://www.example.com", "HostedZoneId: Z0123456789ABCDEFGHIJ"),
        (6, 7),
        "did you mean www.example.com?",
    ),
    "engine in capitals": (site("Cache:", "  Engine: Redis"), (7, 9), "did you mean redis?"),
    "engine instead of the cache": (site("Cache: Redis"), (6, 7), "did you mean {Engine: redis}?"),
    "Region instead of the copy": (
        site("DomainName: www.example.com", "HostedZoneId: Z0123456789ABCDEFGHIJ", "Secondary: us-west-2"),
        (8, 7),
        "did you mean {Region: us-west-2}? write Static, or a map",
    ),
    "line with less indentation": (
        site("Database: false").replace("    Type", "   Type"),
        (5, 15),
        "indent the lines of a map to the same column",
    ),
    "schedule of cron": (
        site("WebServers:", "  ScheduledActions:", "  - MinSize: 4", "    Recurrence: 0 8 ? * MON-FRI"),
        (9, 11),
        "did you mean 0 8 * * MON-FRI?",
    ),
    "no macro": (site("Database: false").partition("\n")[2], (1, 1), "write Transform: ResilientWebsite"),
    "macro in lower case": (
        site("Database: false").replace("Transform: R", "Transform: r"),
        (1, 1),
        "did you mean ResilientWebsite?",
    ),
    "AWS's type": (
        site("Database: false").replace("Type: Res", "Type: AWS::Res"),
        (4, 5),
        "did you mean ResilientWebsite?",
    ),
    "colon in a text": (
        site("Fallback:", "  Title: Back soon: promised"),
        (7, 25),
        "put a text that contains a colon and a space, or ends with a colon, in quotes",
    ),
    "tab": (site("Database:", "\tMultiAZ: false"), (7, 7), "indent with spaces, not tabs"),
    "property beside Properties": (
        site("Database: false") + "    FrontDoor: CloudFront\n",
        (7, 5),
        "it is a property: write it under Properties",
    ),
}


def problem(text: str, folder: Path) -> LocatedProblem | None:
    """Return the first problem of a template, with its place; None if it expands."""
    path = folder / "site.yaml"
    path.write_text(text)
    try:
        template = read_template(path)
        require_macro(template)
        expand_template(template, parameter_values(template, {}), "us-east-1")
    except InvalidTemplateError as error:
        found = Places({str(path): text}).located(error.problems[0])
        assert isinstance(found, LocatedProblem), found
        return found
    return None


def repaired(text: str, found: LocatedProblem) -> str:
    """Return a template with the repair of a problem, as its message has it and at its place."""
    lines = text.splitlines()
    row, column = found.place.line - 1, found.place.column - 1
    line = lines[row]
    meant = re.search(r"did you mean (.+?)\?(?: |$)", found.fix)
    snippet = re.search(r"write (\w+: .+?)(?: for |, and |, or |;|$)", found.fix)
    if meant and found.found == "unknown property":
        lines[row] = line[:column] + meant[1] + line[line.index(":", column) :]
    elif meant:
        lines[row] = line[:column] + re.sub(r": [^,}]+[}]?$|: [^,]+(?=, )", f": {meant[1]}", line[column:], count=1)
    elif "same column" in found.fix and line.endswith(":"):
        before = lines[row - 1]
        lines[row - 1] = line[: len(line) - len(line.lstrip())] + before.lstrip()
    elif "in quotes" in found.fix and "colon" in found.fix:
        key, _, value = line.partition(": ")
        lines[row] = f"{key}: '{value}'"
    elif "spaces, not tabs" in found.fix:
        lines[row] = line.replace("\t", "  ")
    elif "under Properties" in found.fix:
        lines.insert(5, f"  {lines.pop(row)}")
    elif snippet and snippet[1].startswith("Transform"):
        lines.insert(0, snippet[1])
    elif snippet:
        return merged(lines, row, snippet[1])
    else:
        assert re.search(r"leave \w+ out", found.fix) or "Session Manager" in found.fix, found.fix
        del lines[row]
    return "\n".join(lines) + "\n"


def merged(lines: list[str], row: int, snippet: str) -> str:
    """Return a template without a line, and with a map of properties in its place."""
    value = lines[row].partition(": ")[2]
    rest = yaml.safe_load("\n".join(lines[:row] + lines[row + 1 :]))
    body = rest["Resources"]["Site"]
    # A group that had only this line is empty now.
    kept = {name: each for name, each in (body["Properties"] or {}).items() if each is not None}
    added = yaml.safe_load("{" + snippet.replace("...", value) + "}")
    body["Properties"] = deep_merge(kept, added)
    # Libraries that some worker has imported make ordered maps of what YAML's reader reads.
    return yaml.safe_dump(json.loads(json.dumps(rest)), sort_keys=False)


@pytest.mark.parametrize("name", CASES)
def test_repair_works_as_it_is_written(tmp_path: Path, name: str) -> None:
    text, place, reported = CASES[name]
    found = problem(text, tmp_path)
    assert found is not None
    assert (found.place.line, found.place.column) == place, str(found)
    assert reported in str(found)
    for _ in range(MAX_STEPS):
        text = repaired(text, found)
        found = problem(text, tmp_path)
        if found is None:
            return
    pytest.fail(f"{found}\nis still wrong in\n{text}")


@pytest.mark.parametrize("group", ["WebServers", "Database"])
def test_properties_beside_their_group_need_more_indentation(tmp_path: Path, group: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(site(f"{group}:", "Overrides: {}"))
    with pytest.raises(InvalidTemplateError, match=r"an empty value\).* and \d+ more, indented further"):
        expand_template(read_template(path), {}, "us-east-1")


@pytest.mark.parametrize("path", ["WebServers.Container", "WebServers.Artifact", "Fallback.Source", "Secondary"])
def test_true_is_not_proposed_for_a_group_without_defaults(tmp_path: Path, path: str) -> None:
    *groups, name = path.split(".")
    file = tmp_path / "site.yaml"
    file.write_text(site(*(f"{group}:" for group in groups), f"{'  ' * len(groups)}{name}: nginx:1.27"))
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(read_template(file), {}, "us-east-1")
    assert "found 'nginx:1.27'; write " in str(refused.value)
    assert "true" not in str(refused.value)


def test_there_are_many() -> None:
    assert len(CASES) >= 25


def test_problems_without_a_place_are_the_command_lines() -> None:
    given: Any = Problem("--region", "found x", "y")
    assert Places({"site.yaml": site("Database: false")}).located(given) is given
