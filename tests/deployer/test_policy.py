"""What a stack takes: narrow where names are known, said in a note where not, the same for every order of resources."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.deployer_policy import scopes
from cli.deployer_policy.handlers import listed_actions
from cli.deployer_policy.place import Place
from cli.deployer_policy.statements import documents, length
from resilient_website.facts.iam_quotas import MAX_MANAGED_POLICY_LENGTH
from tests.deployer.authorization import resource_types
from tests.deployer.stacks import granted, needs_of, resources_for, role
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_sites import SITES

BOUNDARY = "arn:aws:iam::123456789012:policy/website-boundary"


@given(SITES, st.sampled_from(["shop", "*", "shop-*", "a-long-name-of-a-stack-that-is-shortened-in-names"]), st.data())
def test_laws_of_the_policies_of_any_site(site: dict[str, Any], stack_name: str, data: st.DataObject) -> None:
    resources = expand(site)
    found = needs_of(resources, Place(stack_name, "us-east-1"))
    for statement in found.statements:
        for action in statement.actions:
            service, _, name = action.partition(":")
            assert service != "*"
            assert name not in ("", "*")
        if scopes.PASS_ROLE in statement.actions:
            assert statement.actions == (scopes.PASS_ROLE,)
            assert statement.condition
            services = set(statement.condition["StringEqualsIfExists"]["iam:PassedToService"])
            assert services == trusted(resources)
    on_everything = {action for action, where in granted(found) if where == "*"}
    assert not on_everything & {*scopes.BOUNDED, *scopes.ON_ROLES, *scopes.ON_PROFILES, scopes.PASS_ROLE, scopes.INVOKE}
    assert not {action for action in on_everything if action.startswith(("s3:", "lambda:Update", "lambda:Create"))}
    divided = documents(found.statements)
    assert all(length(each) <= MAX_MANAGED_POLICY_LENGTH for each in divided)
    shuffled = dict(data.draw(st.permutations(list(resources.items()))))
    assert documents(needs_of(shuffled, Place(stack_name, "us-east-1")).statements) == divided


def trusted(resources: dict[str, Any]) -> set[str]:
    policies = [properties["AssumeRolePolicyDocument"] for _, properties in of_type(resources, "AWS::IAM::Role")]
    return {statement["Principal"]["Service"] for policy in policies for statement in policy["Statement"]}


def test_roles_are_the_stacks_own() -> None:
    arns = resources_for(needs_of({"A": role(), "B": role(Path="/web/"), "C": role(RoleName="c")}), "iam:CreateRole")
    assert arns == {"arn:aws:iam::*:role/shop-*", "arn:aws:iam::*:role/web/shop-*", "arn:aws:iam::*:role/c"}


def test_a_role_is_passed_to_the_services_only_that_its_trust_policy_names() -> None:
    found = needs_of({"A": role(), "B": role("ec2.amazonaws.com"), "F": {"Type": "AWS::Lambda::Function"}})
    [passed] = [each for each in found.statements if scopes.PASS_ROLE in each.actions]
    assert passed.condition == {
        "StringEqualsIfExists": {"iam:PassedToService": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}
    }
    assert passed.resources == ("arn:aws:iam::*:role/shop-*",)


def test_without_a_role_none_is_passed_but_one_from_elsewhere_is_reported() -> None:
    given = {"Type": "AWS::Lambda::Function", "Properties": {"Role": "arn:aws:iam::123456789012:role/given"}}
    found = needs_of({"F": given})
    assert not resources_for(found, scopes.PASS_ROLE)
    assert any(note.startswith("F: hands over arn:aws:iam::123456789012:role/given") for note in found.notes)


def test_a_boundary_on_every_role_must_be_on_what_the_deployer_makes() -> None:
    found = needs_of({"A": role(PermissionsBoundary=BOUNDARY), "B": role(PermissionsBoundary=BOUNDARY)})
    [bounded] = [each for each in found.statements if "iam:CreateRole" in each.actions]
    assert bounded.condition == {"StringLike": {"iam:PermissionsBoundary": [BOUNDARY]}}
    assert {"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"} < set(bounded.actions)
    assert not resources_for(found, scopes.UNBOUND)
    assert not any("boundary" in note for note in found.notes)


@pytest.mark.parametrize("other", [None, {"Ref": "Boundary"}])
def test_a_role_without_a_known_boundary_leaves_all_without_the_condition(other: Any) -> None:
    second = role(**({"PermissionsBoundary": other} if other else {}))
    found = needs_of(
        {"A": role(PermissionsBoundary=BOUNDARY), "B": second}, Parameters={"Boundary": {"Type": "String"}}
    )
    assert all(not each.condition for each in found.statements if "iam:CreateRole" in each.actions)
    assert any("no permissions boundary" in note for note in found.notes)


def test_a_boundary_in_the_stacks_own_account_is_known() -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/website-boundary"}
    found = needs_of({"A": role(PermissionsBoundary=arn)})
    [bounded] = [each for each in found.statements if "iam:CreateRole" in each.actions]
    assert bounded.condition == {"StringLike": {"iam:PermissionsBoundary": ["arn:aws:iam::*:policy/website-boundary"]}}


def test_functions_are_the_stacks_own_for_changes_and_for_custom_resources() -> None:
    token = {"Fn::GetAtt": ["F", "Arn"]}
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": token}}
    found = needs_of({"F": {"Type": "AWS::Lambda::Function"}, "C": custom, "R": role()})
    for action in (scopes.INVOKE, "lambda:UpdateFunctionCode", "lambda:DeleteFunction"):
        assert resources_for(found, action) == {"arn:aws:lambda:eu-west-1:*:function:shop-*"}
    assert not [note for note in found.notes if note.startswith("C")]


def test_a_custom_resource_of_another_function_has_it_invoked_if_it_is_known() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:shared"
    known = {"Type": "Custom::Thing", "Properties": {"ServiceToken": arn}}
    imported = {"Type": "AWS::CloudFormation::CustomResource", "Properties": {"ServiceToken": {"Fn::ImportValue": "x"}}}
    found = needs_of({"Known": known, "Imported": imported})
    assert resources_for(found, scopes.INVOKE) == {arn}
    assert [note for note in found.notes if note.startswith("Imported: ")]


def test_buckets_and_their_objects_are_the_stacks_own() -> None:
    named = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "logs-${AWS::AccountId}"}}}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": "of-others"}}
    found = needs_of({"B": {"Type": "AWS::S3::Bucket"}, "Named": named, "P": policy}, Place("Shop", "eu-west-1"))
    assert resources_for(found, "s3:PutBucketPolicy") == {
        "arn:aws:s3:::shop-*",
        "arn:aws:s3:::logs-*",
        "arn:aws:s3:::of-others",
        "arn:aws:s3:::of-others/*",
    }


def test_records_are_written_in_the_zones_that_the_template_names() -> None:
    record = {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneId": "Z0123456789ABC"}}
    options = [{"DomainName": "a.example", "HostedZoneId": "ZOTHER"}]
    certificate = {"Type": "AWS::CertificateManager::Certificate", "Properties": {"DomainValidationOptions": options}}
    found = needs_of({"R": record, "C": certificate})
    zones = {"arn:aws:route53:::hostedzone/Z0123456789ABC", "arn:aws:route53:::hostedzone/ZOTHER"}
    assert resources_for(found, "route53:ChangeResourceRecordSets") == zones


@pytest.mark.parametrize("zone", [{"HostedZoneId": {"Ref": "Zone"}}, {"HostedZoneName": "shop.example."}])
def test_a_zone_that_is_not_known_is_any_zone_and_that_is_reported(zone: Any) -> None:
    record = {"Type": "AWS::Route53::RecordSet", "Properties": zone}
    found = needs_of({"R": record}, Parameters={"Zone": {"Type": "String"}})
    assert resources_for(found, "route53:ChangeResourceRecordSets") == {"arn:aws:route53:::hostedzone/*"}
    assert any("every zone" in note for note in found.notes)


def test_keys_are_used_by_services_only() -> None:
    found = needs_of({"V": {"Type": "AWS::Backup::BackupVault"}})
    [keys] = [each for each in found.statements if "kms:Decrypt" in each.actions]
    assert keys.condition == {"StringLike": {"kms:ViaService": "*.amazonaws.com"}}


def test_what_no_schema_says_is_reported() -> None:
    found = needs_of({"D": {"Type": "AWS::DAX::Cluster"}, "S": {"Type": "AWS::CloudFormation::Stack"}})
    assert {note.split(":")[0] for note in found.notes} == {"AWS", "S"}


def test_iam_actions_that_no_name_limits_are_reported() -> None:
    group = {"Type": "AWS::IAM::Policy", "Properties": {"Groups": ["admins"]}}
    assert any(
        note.startswith("iam:DeleteGroupPolicy, iam:PutGroupPolicy: on every") for note in needs_of({"P": group}).notes
    )


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (scopes.BOUNDED | scopes.ON_ROLES | {scopes.PASS_ROLE, scopes.UNBOUND, scopes.LINKED_ROLE}, "role"),
        (scopes.ON_PROFILES, "instance-profile"),
        (scopes.BY_SERVICES, "key"),
        (scopes.ON_ZONES, "hostedzone"),
        (scopes.CODE, "object"),
        ({scopes.INVOKE}, "function"),
        ({scopes.GET_SECRET}, "Secret"),
        ({scopes.GET_PARAMETERS}, "parameter"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_actions_that_are_limited_to_resources_can_be(actions: set[str], kind: str) -> None:
    assert all(kind in resource_types(action) for action in actions)


@pytest.mark.parametrize(
    ("types", "scope", "kinds"),
    [
        (scopes.FUNCTION_TYPES, scopes.on_functions, {"function"}),
        (scopes.BUCKET_TYPES, scopes.on_buckets, {"bucket", "object"}),
        (scopes.SECRET_TYPES, scopes.on_secrets, {"Secret"}),
    ],
    ids=["functions", "buckets", "secrets"],
)
def test_types_whose_actions_are_limited_to_names_can_be(types: Any, scope: Any, kinds: set[str]) -> None:
    gone = {action for row in _left_out() for action in row}
    for kind in types:
        actions = scope(kind, listed_actions(kind)) - gone
        assert actions
        assert all(kinds & resource_types(action) for action in actions), kind


def _left_out() -> Any:
    from cli.deployer_policy.handlers import rows

    return [row["actions"] for row in [*rows("left_out"), *rows("only_with")]]


def test_statements_are_json() -> None:
    found = needs_of(expand({"Database": True, "Cache": True}))
    assert json.loads(json.dumps(documents(found.statements))) == documents(found.statements)
