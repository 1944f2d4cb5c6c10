"""Templates that people wrote and CloudFormation takes, or refuses: the commands answer as it does."""

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from cli.flat.template import flat_template
from cli.macro_listed import require_macro
from cli.parameter_values import parameter_values
from cli.template_file import read_template, write_file
from cli.template_source import stack_values
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

BOOLEANS = """
Transform: ResilientWebsite
Parameters:
  WithDatabase: {Type: String, Default: true, AllowedValues: [true, false]}
  WithCache: {Type: String, Default: no, AllowedValues: [yes, no]}
Resources:
  Site:
    Type: ResilientWebsite
    Properties: {Database: !Ref WithDatabase, Cache: !Ref WithCache}
"""

STORED = """
Transform: ResilientWebsite
Parameters:
  Replicas: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /site/replicas}
  Title: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /site/title}
Resources:
  Site:
    Type: ResilientWebsite
    Properties:
      Database: {ReadReplicas: !Ref Replicas}
      Fallback: {Title: !Ref Title}
"""

LOOP = """
Transform: [ResilientWebsite, AWS::LanguageExtensions]
Resources:
  Site: {Type: ResilientWebsite, Properties: {Database: false}}
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  Fn::ForEach::One:
    - A
    - [TopicArn, TopicName]
    - One${A}: {Value: !GetAtt [Topic, !Ref A]}
  Fn::ForEach::Two:
    - B
    - [TopicArn, TopicName]
    - Two${B}: {Value: !GetAtt [{'Fn::Sub': Topic}, {Ref: B}]}
"""


def read(tmp_path: Path, text: str) -> Any:
    (tmp_path / "site.yaml").write_text(text)
    return read_template(tmp_path / "site.yaml")


def expanded(template: Any, **given: str) -> Any:
    return expand_template(template, parameter_values(template, given), "us-east-1")


def problems(template: Any, **given: str) -> dict[str, Problem]:
    with pytest.raises(InvalidTemplateError) as refused:
        expanded(template, **given)
    return {problem.path: problem for problem in refused.value.problems}


def test_boolean_defaults_are_texts(tmp_path: Path) -> None:
    template = read(tmp_path, BOOLEANS)
    assert parameter_values(template, {}) == {"WithDatabase": "true", "WithCache": "false"}
    types = {body["Type"] for body in expanded(template)["Resources"].values()}
    assert "AWS::RDS::DBInstance" in types
    assert "AWS::ElastiCache::ReplicationGroup" not in types


def test_attributes_that_a_loop_names_stay_as_they_are_written(tmp_path: Path) -> None:
    outputs = expanded(read(tmp_path, LOOP))["Outputs"]
    assert outputs["Fn::ForEach::One"][2]["One${A}"]["Value"] == {"Fn::GetAtt": ["Topic", {"Ref": "A"}]}
    assert outputs["Fn::ForEach::Two"][2]["Two${B}"]["Value"] == {"Fn::GetAtt": [{"Fn::Sub": "Topic"}, {"Ref": "B"}]}


def test_value_in_parameter_store_is_asked_for_where_it_decides(tmp_path: Path) -> None:
    template = read(tmp_path, STORED)
    assert parameter_values(template, {}) == {}
    (reported,) = problems(template).values()
    assert reported.path == "Resources.Site.Properties.Database.ReadReplicas"
    assert "Replicas is read from Parameter Store" in reported.found
    assert "--parameter Replicas=VALUE" in reported.fix
    assert "SiteDatabaseReplica1" in expanded(template, Replicas="1")["Resources"]


def test_flat_template_leaves_the_name_in_parameter_store(tmp_path: Path) -> None:
    template = read(tmp_path, STORED)
    values = parameter_values(template, {"Replicas": "0", "Title": "Back soon"})
    parameters = flat_template(template, values, "us-east-1")["Parameters"]
    assert parameters == {"Title": template["Parameters"]["Title"]}


def test_list_in_parameter_store_is_a_list() -> None:
    template = {"Parameters": {"Ids": {"Type": "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>"}}}
    assert parameter_values(template, {"Ids": "a, b"}) == {"Ids": ["a", "b"]}


def test_stack_has_the_values_that_names_stand_for() -> None:
    entries: list[dict[str, Any]] = [
        {"ParameterKey": "Stored", "ParameterValue": "/a/name", "ResolvedValue": "2"},
        {"ParameterKey": "Plain", "ParameterValue": "3"},
        {"ParameterKey": "Kept", "UsePreviousValue": True},
    ]
    assert stack_values(entries) == {"Stored": "2", "Plain": "3"}


SITE = {"Site": {"Type": "ResilientWebsite", "Properties": {"Database": False}}}


@pytest.mark.parametrize(
    ("transform", "macro", "fix"),
    [
        (None, "ResilientWebsite", "write Transform: ResilientWebsite"),
        (None, None, "write Transform: ResilientWebsite"),
        ("resilientwebsite", "ResilientWebsite", "did you mean ResilientWebsite?"),
        (["resilientwebsite"], None, "did you mean ResilientWebsite?"),
        (" ResilientWebsite ", "ResilientWebsite", "did you mean ResilientWebsite?"),
        (
            ["AWS::LanguageExtensions", "ResilentWebsite"],
            "ResilientWebsite",
            "did you mean ResilientWebsite? If the macro is installed as ResilentWebsite, give --macro ResilentWebsite",
        ),
        ("Shop", "ResilientWebsite", "write Transform: [ResilientWebsite, Shop]"),
        (["AWS::LanguageExtensions"], None, "write Transform: [ResilientWebsite, AWS::LanguageExtensions]"),
        ("ResilientWebsite", "Staging", "write Transform: [Staging, ResilientWebsite]"),
    ],
)
def test_template_that_no_macro_would_expand_is_refused(transform: Any, macro: str | None, fix: str) -> None:
    template = {"Resources": SITE} if transform is None else {"Transform": transform, "Resources": SITE}
    with pytest.raises(InvalidTemplateError) as refused:
        require_macro(template, macro)
    (problem,) = refused.value.problems
    assert (problem.path, problem.fix) == ("Transform", fix)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("Resources.Fn::Transform", {"Resources": {**SITE, "Fn::Transform": {"Name": "ResilientWebsite"}}}),
        ("Fn::Transform", {"Resources": SITE, "Fn::Transform": "ResilientWebsite"}),
        (
            "Resources.Site.Fn::Transform",
            {
                "Transform": "Other",
                "Resources": {"Site": {**SITE["Site"], "Fn::Transform": {"Name": "ResilientWebsite"}}},
            },
        ),
    ],
)
def test_macro_that_is_called_for_a_part_is_to_be_listed(path: str, template: Any) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        require_macro(template)
    (problem,) = refused.value.problems
    assert problem.path == path
    assert problem.fix.endswith("at the top of the template instead: Transform: ResilientWebsite")


@pytest.mark.parametrize(
    ("template", "macro"),
    [
        ({"Transform": "ResilientWebsite", "Resources": SITE}, "ResilientWebsite"),
        ({"Transform": ["AWS::LanguageExtensions", {"Name": "ResilientWebsite"}], "Resources": SITE}, None),
        ({"Transform": "123456789012::ResilientWebsite", "Resources": SITE}, "ResilientWebsite"),
        ({"Transform": "Staging", "Resources": SITE}, None),
        ({"Transform": "Staging", "Resources": SITE}, "Staging"),
        ({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, "ResilientWebsite"),
    ],
)
def test_template_that_a_macro_expands_is_taken(template: Any, macro: str | None) -> None:
    require_macro(template, macro)


@pytest.mark.parametrize("command", ["expand", "flat", "failures", "check", "diff", "stack-policy", "deployer-policy"])
def test_commands_refuse_it(command_line: Any, tmp_path: Path, command: str) -> None:
    path = tmp_path / "site.json"
    path.write_text(json.dumps({"Resources": SITE}))
    done = command_line(command, path, *([path] if command == "diff" else []))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Transform: missing; write Transform: ResilientWebsite" in done.stderr


def test_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


def test_pipe_and_device_stay_what_they_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_file(tmp_path / "pipe", "new")
    reader.join(timeout=30)
    assert got == ["new"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    before = Path("/dev/null").stat()
    write_file(Path("/dev/null"), "new")
    assert (Path("/dev/null").stat().st_ino, stat.S_ISCHR(before.st_mode)) == (before.st_ino, True)


def of_site(properties: Any, **attributes: Any) -> Any:
    site = {"Type": "ResilientWebsite", "Properties": {"Database": False, **properties}, **attributes}
    return {"Transform": "ResilientWebsite", "Resources": {"Site": site}}


TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"


@pytest.mark.parametrize(
    ("monitoring", "subscriber"),
    [
        ({"AlarmTopicArn": TOPIC}, {"SubscriptionType": "SNS", "Address": TOPIC}),
        ({"AlarmEmail": "ops@example.com"}, {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}),
    ],
)
def test_budget_notifies_whom_alarms_notify(monitoring: Any, subscriber: Any) -> None:
    made = expanded(of_site({"Monitoring": {**monitoring, "MonthlyBudget": 100}}))["Resources"]
    notified = made["SiteBudget"]["Properties"]["NotificationsWithSubscribers"]
    assert [each["Subscribers"] for each in notified] == [[subscriber], [subscriber]]


def test_budget_that_nobody_hears_of_is_refused() -> None:
    (reported,) = problems(of_site({"Monitoring": {"MonthlyBudget": 100}})).values()
    assert reported.fix.startswith("write one of them too")


def test_metadata_of_a_site_is_there_once() -> None:
    large = {"config": {"files": {"/etc/app.conf": {"content": "x" * 14_000}}}}
    made = expanded(of_site({}, Metadata={"AWS::CloudFormation::Init": large}))["Resources"]
    having = [name for name, body in made.items() if "AWS::CloudFormation::Init" in body.get("Metadata", {})]
    assert having == ["SiteWebLaunchTemplate"]


@pytest.mark.parametrize("policy", [None, "RetainExceptOnCreate"])
def test_beside_language_extensions_stores_are_retained(policy: str | None) -> None:
    template = of_site(
        {"Cache": True, "Database": {"BackupPlan": True}}, **({"DeletionPolicy": policy} if policy else {})
    )
    assert "RetainExceptOnCreate" in json.dumps(expanded(template))
    template["Transform"] = ["ResilientWebsite", "AWS::LanguageExtensions"]
    made = expanded(template)
    assert "RetainExceptOnCreate" not in json.dumps(made)
    assert made["Resources"]["SiteAssetsBucket"]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(
    ("transform", "outputs", "noted"),
    [
        (["ResilientWebsite", "AWS::LanguageExtensions"], {}, True),
        (["ResilientWebsite", "AWS::LanguageExtensions"], {"O": {"Value": {"Fn::Length": ["a"]}}}, False),
        ("ResilientWebsite", {}, False),
    ],
)
def test_language_extensions_that_nothing_uses_are_noted(
    command_line: Any, tmp_path: Path, transform: Any, outputs: Any, noted: bool
) -> None:
    path = tmp_path / "site.json"
    path.write_text(json.dumps({"Transform": transform, "Resources": SITE, "Outputs": outputs}))
    done = command_line("expand", path)
    assert done.returncode == 0
    assert ("but the template does not use it; remove it" in done.stderr) is noted


def test_flat_template_does_not_overwrite_a_mapping() -> None:
    template = {**of_site({}), "Mappings": {"CloudFrontPrefixLists": {"a": {"b": "c"}}}}
    with pytest.raises(InvalidTemplateError) as refused:
        flat_template(template, {}, "us-east-1")
    assert [problem.path for problem in refused.value.problems] == ["Mappings.CloudFrontPrefixLists"]


def test_snapshot_that_is_gone_is_what_diff_advises_to_restore(command_line: Any, tmp_path: Path) -> None:
    for name, database in (("old", {"DBSnapshotIdentifier": "before-launch"}), ("new", True)):
        (tmp_path / name).write_text(json.dumps(of_site({"Database": database})))
    done = command_line("diff", tmp_path / "old", tmp_path / "new", "--json")
    (store,) = [each for each in json.loads(done.stdout)["stores"] if not each["safe"]]
    assert "Restore Database.DBSnapshotIdentifier: before-launch" in store["instead"]
    assert "Remove" not in store["instead"]


@pytest.mark.parametrize(
    ("declared", "value", "reported"),
    [
        ({"Type": "String", "AllowedValues": ["staging", "production"]}, "stging", "allowed: staging, production"),
        ({"Type": "String", "AllowedValues": [True, False]}, "yes", "allowed: true, false"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, c", "found 'c'; allowed: a, b"),
        ({"Type": "Number", "MinValue": 1}, "0", "allowed: a number from 1"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 4}, "5", "allowed: a number from 1 to 4"),
        ({"Type": "List<Number>"}, "1,x", "found 'x'; allowed: a number"),
        ({"Type": "String", "MinLength": 3}, "ab", "has 2 characters; write 3 to 4096 characters"),
        ({"Type": "String", "NoEcho": True, "AllowedPattern": "[0-9]+"}, "a-secret", "found a hidden value"),
    ],
)
def test_value_that_the_template_does_not_allow_is_refused(declared: Any, value: str, reported: str) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        parameter_values({"Parameters": {"Shape": declared}}, {"Shape": value})
    (problem,) = refused.value.problems
    assert str(problem).startswith("Parameters.Shape: ")
    assert reported in str(problem)
    assert "a-secret" not in str(problem)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"Type": "String", "AllowedValues": [True, False]}, "true"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "b, a"),
        ({"Type": "Number", "MinValue": "1", "MaxValue": "4"}, "4"),
        ({"Type": "String", "AllowedValues": None, "MinLength": "x", "AllowedPattern": "("}, "left to CloudFormation"),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "AllowedPattern": "/.*"}, "a value, not a name"),
    ],
)
def test_value_that_the_template_allows_is_taken(declared: Any, value: str) -> None:
    assert parameter_values({"Parameters": {"Shape": declared}}, {"Shape": value})["Shape"]
