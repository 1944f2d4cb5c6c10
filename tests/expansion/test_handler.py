"""The Lambda function answers every event, well-formed, and gives what the command line gives."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.handler import handler
from tests.expansion.macro_requests import event


def test_same_as_the_command_line(example: Path, command_line: Any) -> None:
    template = read_template(example)
    fragment = {key: value for key, value in template.items() if key != "Transform"}
    answer = handler(event(fragment, templateParameterValues=parameter_values(template, {})), None)
    assert answer["status"] == "success", answer
    done = command_line("expand", example, "--layer", os.environ["FUNCTIONS_LAYER_ARN"])
    assert done.returncode == 0, done.stderr
    assert json.dumps(answer["fragment"], sort_keys=True) == json.dumps(json.loads(done.stdout), sort_keys=True)


def test_expansion_leaves_its_input_alone(example: Path) -> None:
    template = read_template(example)
    before = json.dumps(template)
    handler(event(template, templateParameterValues=parameter_values(template, {})), None)
    assert json.dumps(template) == before


def test_functions_run_the_layer_that_the_installer_names(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = "arn:aws:lambda:us-east-1:123456789012:layer:Staging-functions:7"
    monkeypatch.setenv("FUNCTIONS_LAYER_ARN", layer)
    answer = handler(event({"Resources": {"Site": {"Type": "ResilientWebsite"}}}, transformId="1::Staging"), None)
    resources = answer["fragment"]["Resources"]
    functions = [body["Properties"] for body in resources.values() if body["Type"] == "AWS::Lambda::Function"]
    assert [function["Layers"] for function in functions] == [[layer]] * len(functions) != []
    for function in functions:
        comment, line = function["Code"]["ZipFile"].splitlines()
        assert comment.startswith("# ")
        assert line.startswith("from ")
    token = resources["SiteFallbackSite"]["Properties"]["ServiceToken"]
    assert token == {"Fn::GetAtt": ["FallbackSiteFunction", "Arn"]}
    assert "Fn::ImportValue" not in json.dumps(answer)


def test_failure_tells_every_problem() -> None:
    resources = {
        "A": {"Type": "ResilientWebsite", "Properties": {"Databse": {}, "Network": {"AvailabilityZones": 7}}},
        "B": {"Type": "ResilientWebsite", "Properties": {"WebServers": {"MinSize": "many"}}},
    }
    answer = handler(event({"Resources": resources}), None)
    assert answer["status"] == "failure"
    assert answer["requestId"] == "r-1"
    lines = answer["errorMessage"].splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Resources.A.Properties.Databse",
        "Resources.A.Properties.Network.AvailabilityZones",
        "Resources.B.Properties.WebServers.MinSize",
    ]
    assert "did you mean Database?" in lines[0]


def test_odd_events_get_an_answer() -> None:
    deep: Any = {"Resources": {"Site": {"Type": "ResilientWebsite"}}, "Outputs": {}}
    node = deep["Outputs"]
    for _ in range(5000):
        node["a"] = {}
        node = node["a"]
    odd: tuple[Any, ...] = (None, [], "text", {}, {"Resources": []}, {"Resources": {}}, deep)
    for fragment in odd:
        answer = handler(event(fragment), None)
        assert answer["requestId"] == "r-1"
        assert answer["status"] in ("success", "failure")
        assert answer["status"] == "success" or answer["errorMessage"]
    assert handler({}, None)["status"] == "failure"


def _with_copies(account: str, **database: Any) -> dict[str, Any]:
    vault = {"CopyToVaultArn": f"arn:aws:backup:us-west-2:{account}:backup-vault:copies"}
    site = {"Type": "ResilientWebsite", "Properties": {"Database": {"BackupPlan": vault, **database}}}
    return handler(event({"Resources": {"Site": site}}), None)


@pytest.mark.parametrize("key", [{}, {"KmsKeyId": "alias/aws/rds"}])
def test_copies_for_another_account_need_a_key_of_ones_own(key: dict[str, str]) -> None:
    answer = _with_copies("999999999999", **key)
    assert answer["status"] == "failure"
    assert "Database.BackupPlan.CopyToVaultArn: found a vault of account 999999999999" in answer["errorMessage"]
    assert _with_copies("123456789012", **key)["status"] == "success"
    assert _with_copies("999999999999", KmsKeyId="alias/website")["status"] == "success"
    assert _with_copies("999999999999", DBSnapshotIdentifier="friday")["status"] == "success"
