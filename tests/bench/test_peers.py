"""What an expansion is compared with makes the same resources; and the benchmark runs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tools.bench import goals, growth
from tools.bench.chart import svg
from tools.bench.peers import cdk_programs, serverless, troposphere_script
from tools.repository import ROOT

Json = dict[str, Any]


def expansion(name: str) -> Json:
    template = read_template(ROOT / "examples" / f"{name}.yaml")
    return expand_template(template, parameter_values(template, {}), "us-east-1")


def plain(value: Any) -> Any:
    """Return a value as CloudFormation takes it: numbers are texts too, and tags have no order."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [plain(item) for item in value]
        tags = items and all(isinstance(item, dict) and "Key" in item for item in items)
        return sorted(items, key=lambda tag: str(tag["Key"])) if tags else items
    return str(value)


@pytest.mark.parametrize("name", ["minimal", "everything"])
def test_bare_troposphere_script_makes_the_same_resources(name: str, tmp_path: Path) -> None:
    written = expansion(name)
    path = tmp_path / "script.py"
    path.write_text(troposphere_script.script(written), encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert plain(json.loads(done.stdout)["Resources"]) == plain(written["Resources"])


def test_cdk_programs_write_each_resource() -> None:
    written = expansion("minimal")
    for text in (cdk_programs.javascript(written), cdk_programs.python(written)):
        assert text.count("CfnResource(stack") == len(written["Resources"])
    compile(cdk_programs.python(written), "app.py", "exec")


def test_cdk_of_both_languages_is_of_one_version() -> None:
    folder = Path(cdk_programs.__file__).parent
    javascript = json.loads((folder / "package-lock.json").read_text())["packages"]["node_modules/aws-cdk-lib"]
    assert f"aws-cdk-lib=={javascript['version']} " in (folder / "requirements.txt").read_text()


def test_serverless_template_becomes_about_as_many_resources(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *serverless.write(tmp_path, 94)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert abs(len(json.loads(done.stdout)["Resources"]) - 94) <= 10


def test_table_says_which_goals_are_reached() -> None:
    lines = goals.table({"warm": 5.0, "js off": 3.0}).splitlines()
    assert [line.rstrip(" |").rpartition(" ")[2] for line in lines[2:]] == ["reached", "missed"]


def test_growth_ends_where_cloudformation_takes_no_more() -> None:
    measured = growth.points(1)
    assert [point.sites for point in measured[:4]] == [1, 2, 4, 8]
    assert measured[-1].resources <= 500 < measured[-1].resources * (1 + 1 / measured[-1].sites)
    assert svg(measured, "Growth").count("<circle") == 2 * len(measured)


def test_benchmark_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    measured = {name for name, goal in goals.GOALS.items() if f"| {goal.measure}" in done.stdout}
    assert measured == goals.GOALS.keys() - {"js off", "js on", "python off", "python on"}
    for start in ("largest example: everything.yaml", "warm: ", "cold: ", "size: everything"):
        assert f"\n{start}" in f"\n{done.stdout}"
