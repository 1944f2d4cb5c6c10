"""What `diff --markdown` prints for a comment on a merge request."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.analysis.updates.stores import store_changes
from cli.diff.markdown import MAX_CHARACTERS, code, escaped, report_markdown
from cli.diff.report import Report
from tests.diff.stacks import as_stack, changes, site
from tests.hypothesis_profile import examples

Json = dict[str, Any]


def markdown(old: Json, new: Json) -> str:
    found, before = tuple(changes(old, new).values()), as_stack(old)
    return report_markdown(Report(found, store_changes(found, before)), before, "my-site", "site.yaml")


def test_verdict_comes_first_and_stores_have_their_advice() -> None:
    text = markdown(site({}), site({"Database": {"DatabaseName": "shop"}}))
    lines = text.splitlines()
    assert lines[0] == "### Update of `my-site` to `site.yaml`"
    assert lines[2].startswith("❌ **Not safe.** ")
    assert "| data store | effect | its data | what to do instead |" in lines
    (row,) = [line for line in lines if line.startswith("| `SiteDatabase`")]
    assert row.count("|") == 5
    assert "replaced" in row
    assert "  - `DBName: website -> shop  (replaced)`".replace("  (", " (") in lines


def test_safe_update_and_no_update() -> None:
    text = markdown(site({}), site({"Monitoring": {"LatencySeconds": 9}}))
    assert "✅ **Safe.** " in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert markdown(site({}), site({})).endswith("Nothing changes.")


def test_long_reports_fit_into_a_comment() -> None:
    many = {
        f"T{number}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a" * 50}} for number in range(2500)
    }
    text = markdown({"Resources": {}}, {"Resources": many})
    assert len(text) < MAX_CHARACTERS + 1000
    assert re.search(r"- and \d+ more: see `diff`", text)
    assert text.endswith("</details>")


@given(st.text())
@examples(200)
def test_text_from_a_template_formats_nothing(text: str) -> None:
    span = code(text)
    fence = re.match("`+", span)
    assert fence is not None
    assert fence[0] not in re.findall("`+", span[len(fence[0]) : -len(fence[0])])
    assert "\n" not in span + escaped(text)
    assert re.search(r"(?<!\\)(\\\\)*[|<>`*\[]", escaped(text)) is None


@pytest.mark.parametrize(("new", "status"), [({}, 0), ({"DatabaseName": "shop"}, 2)])
def test_exit_status_is_that_of_the_table(command_line: Any, tmp_path: Path, new: Json, status: int) -> None:
    for name, database in (("old", {}), ("new", new)):
        properties = {"Type": "ResilientWebsite", "Properties": {"Database": database}}
        template = {"Transform": "ResilientWebsite", "Resources": {"Site": properties}}
        (tmp_path / name).write_text(json.dumps(template))
    done = command_line("diff", tmp_path / "old", tmp_path / "new", "--markdown")
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith("### Update of ")
