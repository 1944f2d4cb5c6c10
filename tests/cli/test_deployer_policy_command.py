"""`build_templates.py deployer-policy`, as its user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.deployer_policy.command import deployer_policy
from cli.deployer_policy.statements import length
from resilient_website.facts.iam_quotas import MAX_INLINE_POLICIES_LENGTH, MAX_MANAGED_POLICY_LENGTH
from tests.template_linters import linter_findings
from tools.repository import ROOT

Json = dict[str, Any]

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
# How cfn-lint calls what is wrong with a policy: E35.. its grammar, W3037 an action that there is not.
ABOUT_POLICIES = ("E", "W3037")


def run(*arguments: str | Path) -> Result:
    return CliRunner(mix_stderr=False).invoke(deployer_policy, [str(argument) for argument in arguments])


def policies(*arguments: str | Path) -> Json:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    printed: Json = json.loads(done.stdout)
    return printed


def actions(*documents: Json) -> set[str]:
    return {action for each in documents for statement in each["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_policies_of_every_example_are_policies_that_iam_takes(path: Path) -> None:
    printed = policies(path, "--stack-name", "shop", "--account", "123456789012", "--service-role", "deployer")
    assert [*printed] == ["Permissions", "Trust", "Person"]
    documents = [*printed["Permissions"], printed["Person"]]
    assert all(length(each) <= MAX_MANAGED_POLICY_LENGTH for each in documents)
    resources: Json = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": each}}
        for number, each in enumerate(documents)
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": printed["Trust"]}}
    matches = linter_findings({"Resources": {**resources, "Role": role}}, ["us-east-1"])
    assert not [str(each) for each in matches if each.rule.id.startswith(ABOUT_POLICIES)]


def test_the_linter_tells_a_policy_that_is_none() -> None:
    wrong = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Nothing"], "Resources": ["*"]}]}
    resources = {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": wrong}}}
    found = {each.rule.id for each in linter_findings({"Resources": resources}, ["us-east-1"])}
    assert "W3037" in found
    assert any(name.startswith("E35") for name in found)


def test_the_deployer_has_the_stack_and_with_a_service_role_the_person_has() -> None:
    path = ROOT / "examples/minimal.yaml"
    alone = policies(path)
    assert [*alone] == ["Permissions"]
    assert {"cloudformation:ExecuteChangeSet", "ec2:CreateVpc"} < actions(*alone["Permissions"])
    printed = policies(path, "--service-role", "deployer", "--stack-name", "shop")
    assert not any(action.startswith("cloudformation:") for action in actions(*printed["Permissions"]))
    assert actions(printed["Person"]) > {"cloudformation:CreateStack", "iam:PassRole"}
    assert not any(action.startswith(("ec2:", "s3:", "iam:Create")) for action in actions(printed["Person"]))
    where = {where for each in printed["Person"]["Statement"] for where in each["Resource"]}
    assert {"arn:aws:cloudformation:us-east-1:*:stack/shop/*", "arn:aws:iam::*:role/deployer"} < where


def test_a_service_roles_arn_says_the_account() -> None:
    arn = "arn:aws:iam::123456789012:role/ci/deployer"
    printed = policies(ROOT / "examples/minimal.yaml", "--service-role", arn)
    assert printed["Trust"]["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    [passed] = [each for each in printed["Person"]["Statement"] if each["Action"] == ["iam:PassRole"]]
    assert passed["Resource"] == [arn]
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


def test_a_service_role_that_might_change_itself_is_refused() -> None:
    arguments = (ROOT / "examples/minimal.yaml", "--stack-name", "shop", "--service-role")
    done = run(*arguments, "shop-deployer")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "which the policies would allow to change itself" in done.stderr
    assert run(*arguments, "deployers/shop-deployer").exit_code == 0


def test_the_macro_is_invoked_if_the_template_has_it(tmp_path: Path) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:macro"
    shop = ROOT / "examples/minimal.yaml"

    def invoked(*arguments: str | Path) -> list[str]:
        statements = [each for one in policies(*arguments)["Permissions"] for each in one["Statement"]]
        return [where for each in statements if each["Sid"] == "Macro" for where in each["Resource"]]

    assert invoked(shop) == ["arn:aws:lambda:us-east-1:*:function:*-MacroFunction-*"]
    assert invoked(shop, "--macro-function", function) == [function]
    plain = tmp_path / "plain.json"
    plain.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    assert invoked(plain) == []
    assert "sns:CreateTopic" in actions(*policies(plain)["Permissions"])


def test_transforms_of_aws_are_granted_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "plain.json"
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    path.write_text(json.dumps({"Transform": ["AWS::LanguageExtensions"], "Resources": topic}))
    statements = policies(path, "--region", "eu-west-1")["Permissions"][0]["Statement"]
    [transforms] = [each for each in statements if each["Sid"] == "Transforms"]
    assert transforms["Resource"] == ["arn:aws:cloudformation:eu-west-1:aws:transform/LanguageExtensions"]


def test_it_says_what_the_policies_fit_into_and_what_they_leave_open(tmp_path: Path) -> None:
    done = run(ROOT / "examples/everything.yaml")
    documents = json.loads(done.stdout)["Permissions"]
    lengths = ", ".join(f"{length(each):,}" for each in documents)
    assert f"{len(documents)} managed policies ({lengths} of 6,144 characters each)" in done.stderr
    assert "too long for inline policies" in done.stderr
    assert "without --stack-name" in done.stderr
    plain = tmp_path / "plain.json"
    plain.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    short = run(plain)
    assert sum(map(length, json.loads(short.stdout)["Permissions"])) < MAX_INLINE_POLICIES_LENGTH
    assert "or one inline policy" in short.stderr
    assert "nothing was expanded" not in short.stderr


def test_zones_that_are_not_known_are_named_as_what_they_are(tmp_path: Path) -> None:
    """The stack makes the zone of read replicas, so its id can't be given."""

    def notes(**records: Any) -> list[str]:
        zone = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "site.internal."}}
        made = {
            name: {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": "reader", "Type": "A", **where}}
            for name, where in records.items()
        }
        path = tmp_path / "plain.json"
        parameters = {"Given": {"Type": "String"}}
        path.write_text(json.dumps({"Parameters": parameters, "Resources": {"Zone": zone, **made}}))
        return [line.partition(": ")[2] for line in run(path).stderr.splitlines() if "hosted zone" in line]

    made = "the stack makes a hosted zone, whose id is not known before, so records of every zone may be written"
    given = "a hosted zone is known at deployment only, so records of every zone may be written; give its id"
    assert notes(One={"HostedZoneId": {"Ref": "Zone"}}) == [made]
    assert notes(One={"HostedZoneId": {"Ref": "Given"}}) == notes(One={"HostedZoneName": "site."}) == [given]
    assert notes(One={"HostedZoneId": {"Ref": "Given"}}, Two={"HostedZoneId": {"Ref": "Zone"}}) == [made, given]
    assert notes(One={"HostedZoneId": "Z0123456789ABCDEFGHIJ"}) == []


def test_each_policy_is_written_into_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    done = run(ROOT / "examples/minimal.yaml", "-o", folder, "--service-role", "deployer")
    assert done.exit_code == 0
    written = sorted(path.name for path in folder.iterdir())
    assert {"permissions-1.json", "person.json", "trust.json"} <= set(written)
    assert sorted(Path(line).name for line in done.stdout.splitlines()) == written
    printed = policies(ROOT / "examples/minimal.yaml", "--service-role", "deployer")
    assert json.loads((folder / "permissions-1.json").read_text()) == printed["Permissions"][0]


def test_the_same_template_gives_the_same_policies(command_line: Any) -> None:
    path = ROOT / "examples/everything.yaml"
    assert command_line("deployer-policy", path).stdout == command_line("deployer-policy", path).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stack-name", "under_score"),
        ("--account", "12345"),
        ("--service-role", "a b"),
        ("--service-role", "arn:aws:iam::1:role/x"),
    ],
)
def test_names_that_can_not_be_are_refused(arguments: tuple[str, ...]) -> None:
    done = run(ROOT / "examples/minimal.yaml", *arguments)
    assert done.exit_code == 1
    assert f"found '{arguments[1]}'" in done.stderr
    assert done.stdout == ""
