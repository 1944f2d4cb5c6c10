"""Which of the modules that take long to import each command loads: its start-up time, without a clock."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.repository import ROOT

MINIMAL = "examples/minimal.yaml"

# What takes 10 ms or more to import, or loads what does.
HEAVY = (
    *("boto3", "botocore", "cfn_flip", "cfnlint", "click", "jsonpatch", "rich.console", "samtranslator"),
    *("troposphere", "yaml"),
)

# Each command, what it loads, and how many modules at most: some more than there are.
LOADED = (
    (("--help",), {"click"}, 140),
    (("expand", MINIMAL), {"click", "troposphere", "yaml"}, 500),
    (("init", "{folder}", "--yes"), {"cfn_flip", "click", "troposphere", "yaml"}, 530),
    (("flat", MINIMAL), {"click", "troposphere", "yaml"}, 510),
    (("stack-policy", MINIMAL), {"click", "troposphere", "yaml"}, 520),
    (("deployer-policy", MINIMAL), {"click", "troposphere", "yaml"}, 520),
    (("failures", MINIMAL), {"click", "rich.console", "troposphere", "yaml"}, 610),
    (("diff", MINIMAL, "examples/with-domain.yaml"), {"click", "rich.console", "troposphere", "yaml"}, 620),
    # These ask AWS: in vain here, without credentials.
    (("check", MINIMAL), {"boto3", "botocore", "click", "rich.console", "troposphere", "yaml"}, 990),
    (("maintenance", "status", "stack"), {"boto3", "botocore", "click", "troposphere"}, 900),
    (
        ("restore", "stack", "--snapshot", "mine"),
        {"boto3", "botocore", "click", "rich.console", "troposphere"},
        960,
    ),
    (("saved-pages", "save", "stack"), {"boto3", "botocore", "click", "troposphere"}, 900),
    (("status", "stack"), {"boto3", "botocore", "click", "rich.console", "troposphere", "yaml"}, 990),
    (("switch", "status", "stack"), {"boto3", "botocore", "click", "rich.console", "troposphere", "yaml"}, 990),
)

PROGRAM = """
import json, sys
from cli.main import main
sys.stdout = sys.stderr
try:
    main(prog_name="resilient-website")
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.__stdout__)
"""


def loaded(program: str, *arguments: str, folder: Path) -> set[str]:
    """Return the modules that a program has loaded at its end. A module of a lazy import is not loaded."""
    variables = {
        "PYTHONPATH": f"{ROOT}:{ROOT}/macros:{ROOT}/custom_resources",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(folder),
    }
    command = [str(ROOT / ".venv/bin/python"), "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    modules = set(json.loads(done.stdout))
    return modules if "cfn_flip.yaml_dumper" in modules else modules - {"cfn_flip"}


@pytest.mark.parametrize(("arguments", "expected", "most"), LOADED, ids=[row[0][0] for row in LOADED])
def test_a_command_loads_what_it_needs_only(
    tmp_path: Path, arguments: tuple[str, ...], expected: set[str], most: int
) -> None:
    given = [argument.format(folder=tmp_path / "site") for argument in arguments]
    modules = loaded(PROGRAM, *given, folder=tmp_path)
    assert modules & {*HEAVY} == expected
    assert len(modules) < most


def test_expand_loads_nothing_for_what_a_valid_template_of_plain_functions_does_not_need(tmp_path: Path) -> None:
    """What proposes names for misspelt ones, packs libraries, writes a file, or answers CloudFormation."""
    modules = loaded(PROGRAM, "expand", MINIMAL, folder=tmp_path)
    assert not modules & {"difflib", "importlib.metadata", "logging", "tempfile"}


def test_the_macro_loads_troposphere_only(tmp_path: Path) -> None:
    program = "import json, sys, resilient_website.handler; print(json.dumps(sorted(sys.modules)))"
    modules = loaded(program, folder=tmp_path)
    assert modules & {*HEAVY} == {"troposphere"}
    assert len(modules) < 440
    assert not modules & {"cfn_clean", "cfn_tools", "difflib", "importlib.resources", "six"}


def test_a_lazy_module_loads_itself_when_it_is_used(tmp_path: Path) -> None:
    program = """
import json, sys
import resilient_website.handler
assert "cfn_tools" not in sys.modules, "loaded before its use"
import cfn_flip
assert cfn_flip.to_yaml('{"a": 1}') == "a: 1\\n"
print(json.dumps(sorted(sys.modules)))
"""
    assert {"cfn_flip.yaml_dumper", "cfn_tools", "yaml"} <= loaded(program, folder=tmp_path)
