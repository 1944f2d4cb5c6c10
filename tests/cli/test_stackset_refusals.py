"""What StackSets would refuse is refused before it is asked: each with what to do, and all at once."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cli.capabilities import capabilities
from cli.stackset.request import Request, Targets
from cli.stackset.roll_out import check
from resilient_website.problems import InvalidTemplateError
from tests.cli.fake_services import MANAGEMENT
from tests.cli.fake_stack_sets import FakeAws
from tests.cli.requests import ACCOUNTS, CAREFUL, REGIONS, TEMPLATE, in_units, request

FIRST = ACCOUNTS[0]


def refused(asked: Request, aws: FakeAws | None = None) -> str:
    aws = aws or FakeAws()
    with pytest.raises(InvalidTemplateError) as caught:
        check(asked, aws.clients())
    changes = ("create_stack", "update_stack", "delete_stack")
    assert not [name for name, _ in aws.stack_sets.calls if name.startswith(changes)]
    return str(caught.value)


def resources(**bodies: Any) -> dict[str, Any]:
    return {"Resources": bodies}


def distribution(arn: Any) -> dict[str, Any]:
    viewer = {"AcmCertificateArn": arn, "SslSupportMethod": "sni-only"}
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {"ViewerCertificate": viewer}},
    }


def certificate(region: str, account: str = FIRST) -> str:
    return f"arn:aws:acm:{region}:{account}:certificate/11111111-2222-3333-4444-555555555555"


QUEUE = {"Type": "AWS::SQS::Queue"}
ONE = Targets((FIRST,), (), None, REGIONS)


@pytest.mark.parametrize(
    ("asked", "reported"),
    [
        (request({**TEMPLATE, "Transform": "ResilientWebsite"}), "Transform: found 'ResilientWebsite'"),
        (
            request(resources(A={**QUEUE, "Properties": {"Fn::Transform": {"Name": "X"}}})),
            "Resources.A.Properties: found",
        ),
        (request(resources(A={"Type": "ResilientWebsite"})), "which only a macro can expand"),
        (request(resources(A={"Type": "Custom::ResilientWebsite"})), "which only a macro can expand"),
        (in_units(template=resources(A={"Type": "AWS::CloudFormation::Stack"})), "found a nested stack"),
        (request(resources(A={"Type": "Custom::PrimaryHalf"})), "both halves need stacks with the same name"),
        (request(resources(ASecondaryValuesStack={"Type": "Custom::RemoteStack"})), "aws cloudformation deploy"),
        (request({"Resources": {}}), "Resources: the template has none"),
        (request(resources(**{f"Q{n}": QUEUE for n in range(501)})), "Resources: found 501"),
        (request(parameters={"Nme": "x"}), "Parameters.Nme: not declared in the template; did you mean Name?"),
        (request(parameters={"Name": "Shop"}), "does not match [a-z]+"),
        (request(parameters={"Name": "shopshopshop"}), "has 12 characters; write 0 to 8 characters"),
        (request({"Parameters": {"P": {"Type": "String"}}, **resources(A=QUEUE)}), "Parameters.P: has no default"),
        (
            request(
                {"Parameters": {"P": {"Type": "Number", "MaxValue": 3}}, **resources(A=QUEUE)}, parameters={"P": "4"}
            ),
            "to 3",
        ),
        (
            request(
                {"Parameters": {"P": {"Type": "String", "AllowedValues": ["a", "b"]}}, **resources(A=QUEUE)},
                parameters={"P": "c"},
            ),
            "allowed: a, b",
        ),
        (request(parameters={"Name": "x" * 4097}), "4,097 bytes"),
        (request(account_parameters={FIRST: {"Nme": "x"}}), f"--account-parameter {FIRST}:Nme: not declared"),
        (request(account_parameters={"444444444444": {"Name": "x"}}), "444444444444 is not one of --accounts"),
        (in_units(account_parameters={"444444444444": {"Name": "x"}}), "not one of the target accounts"),
        (request(name="1site"), "--name: found '1site'"),
        (request(targets=Targets((), (), None, REGIONS)), "--accounts: no target"),
        (request(targets=Targets((FIRST,), (), None, ())), "--regions: not given"),
        (request(targets=Targets(("123",), (), None, REGIONS)), "an account id has 12 digits"),
        (request(targets=Targets((FIRST, FIRST), (), None, REGIONS)), f"{FIRST} is given 2 times"),
        (request(targets=Targets((FIRST,), (), None, ("Ireland",))), "Regions look like eu-west-1"),
        (
            request(targets=Targets((FIRST,), (), None, ("eu-west-9",))),
            "has no Region eu-west-9; did you mean eu-west-1?",
        ),
        (request(permission_model="SERVICE_MANAGED"), "service-managed with plain accounts only"),
        (in_units(accounts=(FIRST,)), "accounts and organizational units without a filter"),
        (request(targets=Targets((FIRST,), (), "UNION", REGIONS)), "--account-filter: nothing to filter"),
        (in_units(accounts=("444444444444",), account_filter="UNION"), "CreateStackInstances does not support union"),
        (in_units(accounts=(*ACCOUNTS,), account_filter="DIFFERENCE"), "they select no active account"),
        (replace(in_units(), permission_model="SELF_MANAGED"), "self-managed with organizational units"),
        (in_units(execution_role_name="Mine"), "--execution-role-name: given with service-managed"),
        (request(auto_deployment=True), "--auto-deployment: given with self-managed"),
        (request(call_as="DELEGATED_ADMIN"), "--call-as: delegated-admin with self-managed"),
        (request(execution_role_name="a/b"), "give a role's name"),
        (
            request(administration_role_arn=f"arn:aws:iam::{FIRST}:role/Admin"),
            f"give a role of account {MANAGEMENT}",
        ),
        (request(preferences=replace(CAREFUL, max_concurrent_count=5)), "give at most 1"),
        (
            request(preferences=replace(CAREFUL, max_concurrent_count=1, max_concurrent_percentage=5)),
            "given together with --max-concurrent-percentage",
        ),
        (
            request(template_text="x" * 51_201),
            "51,201 bytes, but the API allows at most 51,200; upload it with `build_t",
        ),
        (request(template_text="x" * 1_048_577), "1,048,577 bytes"),
        (request(template_url="s3://bucket/key"), "give the https URL of an object in S3"),
        (request(template_url=f"https://b.s3.us-east-1.amazonaws.com/{'1' * 64}/a.json"), "another version of FILE"),
        (
            request(resources(D=distribution(certificate("eu-west-1"))), targets=ONE),
            "CloudFront accepts certificates from us-east-1 only",
        ),
        (
            request(
                {
                    "Parameters": {"C": {"Type": "String", "Default": certificate("eu-west-1")}},
                    **resources(D=distribution({"Fn::If": ["X", {"Ref": "C"}, ""]})),
                },
                targets=ONE,
            ),
            "ViewerCertificate: the certificate arn:aws:acm:eu-west-1",
        ),
        (request(resources(D=distribution(certificate("us-east-1")))), "is not one of account 222222222222"),
        (
            request(
                resources(
                    L={
                        "Type": "AWS::ElasticLoadBalancingV2::Listener",
                        "Properties": {"Certificates": [{"CertificateArn": certificate("eu-west-1")}]},
                    }
                ),
                targets=ONE,
            ),
            "a load balancer accepts certificates from its own Region only: leave out us-east-1",
        ),
    ],
)
def test_refused(asked: Request, reported: str) -> None:
    assert reported in refused(asked)


def no_role(aws: FakeAws) -> None:
    aws.iam.roles.clear()


def untrusting(aws: FakeAws) -> None:
    aws.iam.roles["AWSCloudFormationStackSetAdministrationRole"] = "ec2.amazonaws.com"


def denied(aws: FakeAws) -> None:
    aws.iam.denied.add("222222222222")


def disabled(aws: FakeAws) -> None:
    aws.account.disabled["333333333333"] = {"eu-west-1"}


def no_access(aws: FakeAws) -> None:
    aws.stack_sets.access = "DISABLED"


def no_unit(aws: FakeAws) -> None:
    del aws.organizations.units["ou-ab12-11111111"]


def other_model(aws: FakeAws) -> None:
    aws.stack_sets.sets["site"] = {"PermissionModel": "SERVICE_MANAGED", "TemplateBody": json.dumps(TEMPLATE)}


@pytest.mark.parametrize(
    ("prepare", "asked", "reported"),
    [
        (no_role, request(), "this account has no role AWSCloudFormationStackSetAdministrationRole"),
        (untrusting, request(), "does not trust CloudFormation"),
        (denied, request(), "may not assume AWSCloudFormationStackSetExecutionRole in account 222222222222"),
        (
            no_role,
            request(targets=Targets((MANAGEMENT,), (), None, REGIONS)),
            f"account {MANAGEMENT} has no role AWSCloud",
        ),
        (disabled, request(), "eu-west-1 is DISABLED in account 333333333333; enable it"),
        (no_access, in_units(), "StackSets has no trusted access to the organization"),
        (no_unit, in_units(), "ou-ab12-11111111 does not exist"),
        (other_model, request(), "the stack set is SERVICE_MANAGED"),
    ],
)
def test_refused_for_what_aws_tells(prepare: Callable[[FakeAws], None], asked: Request, reported: str) -> None:
    aws = FakeAws()
    prepare(aws)
    assert reported in refused(asked, aws)


def test_what_aws_does_not_tell_is_no_problem() -> None:
    aws = FakeAws()
    aws.account.denied = True
    assert check(request(), aws.clients()).accounts == ACCOUNTS


def test_everything_comes_at_once() -> None:
    aws = FakeAws()
    no_role(aws)
    reported = refused(
        request(
            {**TEMPLATE, "Transform": "X"},
            name="1",
            parameters={"Nme": "x"},
            preferences=replace(CAREFUL, max_concurrent_count=2),
        ),
        aws,
    )
    assert len(reported.splitlines()) == 5


def test_value_that_the_set_has_already_need_not_be_given() -> None:
    aws = FakeAws()
    template = {"Parameters": {"P": {"Type": "String"}}, **resources(A=QUEUE)}
    aws.stack_sets.sets["site"] = {
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": "P", "ParameterValue": "x"}],
    }
    assert check(request(template), aws.clients()).found


def test_union_is_fine_where_nothing_is_to_be_created() -> None:
    aws = FakeAws()
    clients = aws.clients()
    from cli.stackset.roll_out import roll_out

    roll_out(check(in_units(), clients), clients, lambda _: None)
    inside = in_units(accounts=(FIRST,), account_filter="UNION")
    assert check(inside, clients).accounts == ACCOUNTS


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ({"Type": "AWS::SQS::Queue"}, []),
        ({"Type": "AWS::IAM::Role"}, ["CAPABILITY_IAM"]),
        ({"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x"}}, ["CAPABILITY_NAMED_IAM"]),
        ({"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "x"}}, ["CAPABILITY_IAM"]),
    ],
)
def test_capabilities_are_worked_out(body: dict[str, Any], needed: list[str]) -> None:
    assert capabilities(resources(A=body)) == needed


def test_nested_stack_is_fine_with_self_managed_permissions() -> None:
    assert check(request(resources(A={"Type": "AWS::CloudFormation::Stack"})), FakeAws().clients()).found is None


def test_template_over_the_limit_is_fine_with_its_address() -> None:
    url = f"https://b.s3.us-east-1.amazonaws.com/{'0' * 64}/a.json"
    assert check(request(template_text="x" * 51_201, template_url=url), FakeAws().clients()).request.template_url == url
