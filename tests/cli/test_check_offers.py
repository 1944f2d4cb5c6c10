"""`check`: what the Region offers, CloudFront's quotas, Hooks, and the tag of the budget."""

from typing import Any

import pytest

from tests.cli.checking_harness import ZONES, Harness, endpoint_services, reported

CLOSED: dict[str, Any] = {"Network": {"WebSubnets": "Private", "NatGateways": "None"}}


def test_endpoint_service_that_the_region_has_not(harness: Harness) -> None:
    assert not harness.of_site(CLOSED).findings
    harness.answers["ec2", "describe_vpc_endpoint_services"] = endpoint_services("ssmmessages")
    found = reported(harness.of_site(CLOSED))
    assert list(found) == ["Network.EndpointServices"]
    assert "us-east-1 has no endpoint service com.amazonaws.us-east-1.ssmmessages" in found["Network.EndpointServices"]


def test_endpoint_service_that_a_zone_has_not(harness: Harness) -> None:
    harness.answers["ec2", "describe_vpc_endpoint_services"] = endpoint_services(zones=ZONES[1:])
    assert "is not in us-east-1a" in reported(harness.of_site(CLOSED))["Network.EndpointServices"]
    assert not harness.of_site({}).findings


def test_endpoint_service_without_a_private_name(harness: Harness) -> None:
    offered = endpoint_services()()
    for detail in offered["ServiceDetails"]:
        detail["PrivateDnsName"] = "a.example.com"
    harness.answers["ec2", "describe_vpc_endpoint_services"] = lambda **_: offered
    assert not harness.of_site(CLOSED).findings
    (logs,) = [each for each in offered["ServiceDetails"] if each["ServiceName"].endswith(".logs")]
    del logs["PrivateDnsName"]
    assert "us-east-1.logs has no private DNS name" in reported(harness.of_site(CLOSED))["Network.EndpointServices"]


def test_scheduled_actions_in_the_past(harness: Harness) -> None:
    def action(year: int) -> dict[str, Any]:
        return {"WebServers": {"ScheduledActions": [{"StartTime": f"{year}-01-01T00:00:00Z", "MinSize": 4}]}}

    assert not harness.of_site(action(harness.now.year + 1)).findings
    found = reported(harness.of_site(action(harness.now.year - 1)))
    assert found["WebServers.ScheduledActions[0].StartTime"].startswith("error: ")


def test_type_that_the_region_has_not(harness: Harness) -> None:
    known = {"AWS::EC2::VPC"}

    def described(TypeName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if TypeName in {"AWS::Budgets::Budget", *known}:
            raise harness.aws("cloudformation").exceptions.TypeNotFoundException(
                {"Error": {"Code": "TypeNotFoundException", "Message": ""}}, "DescribeType"
            )
        return {"TypeName": TypeName}

    harness.answers["cloudformation", "describe_type"] = described
    harness.answers["cloudformation", "list_types"] = lambda Type, **_: {  # noqa: N803
        "TypeSummaries": [{"TypeName": name} for name in known if Type == "RESOURCE"]
    }
    budget = {"Monitoring": {"MonthlyBudget": 100, "AlarmEmail": "a@example.com"}}
    found = reported(harness.of_site(budget), "")
    assert found["Resources"].startswith("error: CloudFormation in us-east-1 has no type AWS::Budgets::Budget (Site")
    assert not harness.of_site({}).findings


def test_hooks_are_named(harness: Harness) -> None:
    harness.answers["cloudformation", "list_types"] = lambda Type, Visibility, **_: {  # noqa: N803
        "TypeSummaries": [{"TypeName": "Company::Guard::Hook"}] if (Type, Visibility) == ("HOOK", "PRIVATE") else []
    }
    (unchecked,) = harness.of_site({}).not_checked
    assert unchecked.path == "Resources (Company::Guard::Hook)"
    assert "--change-set runs it" in unchecked.why


@pytest.mark.parametrize(
    ("operation", "answer", "limit", "site"),
    [
        ("list_origin_access_controls", "OriginAccessControlList", 100, {}),
        (
            "list_vpc_origins",
            "VpcOriginList",
            25,
            {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}},
        ),
        (
            "list_response_headers_policies",
            "ResponseHeadersPolicyList",
            20,
            {"Assets": {"CorsAllowOrigins": ["https://a.example.com"]}},
        ),
    ],
)
def test_quotas_of_cloudfront(harness: Harness, operation: str, answer: str, limit: int, site: dict[str, Any]) -> None:
    def there(count: int) -> None:
        harness.answers["cloudfront", operation] = lambda **_: {answer: {"Quantity": count, "Items": [{}] * count}}

    there(0)
    assert not harness.of_site(site).findings
    there(limit)
    found = reported(harness.of_site(site))
    assert list(found) == ["Resources"]
    assert f"{limit} exist" in found["Resources"]


@pytest.mark.parametrize("status", ["Inactive", None])
def test_budget_whose_tag_is_not_active(harness: Harness, status: str | None) -> None:
    site = {"Monitoring": {"MonthlyBudget": 100, "AlarmEmail": "a@example.com"}}
    assert not harness.of_site(site).findings
    harness.answers["ce", "list_cost_allocation_tags"] = lambda TagKeys: {  # noqa: N803
        "CostAllocationTags": [{"TagKey": key, "Status": status} for key in TagKeys if status]
    }
    report = harness.of_site(site)
    assert "so the budget counts nothing" in reported(report)["Monitoring.MonthlyBudget"]
    assert report.ok


def test_distribution_under_a_flat_rate_plan(harness: Harness) -> None:
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": "SiteDistribution",
                "PhysicalResourceId": "E123",
                "ResourceType": "AWS::CloudFront::Distribution",
            }
        ]
    }
    covered = "arn:aws:cloudfront::123456789012:distribution/E123"

    def plans(*arns: str) -> None:
        harness.answers["pricing-plan-manager", "list_subscriptions"] = lambda **_: {
            "subscriptionSummaries": [{"arn": "arn:plan", "resourceArns": list(arns)}]
        }

    plans(covered.replace("E123", "E999"))
    assert "FrontDoor" not in reported(harness.of_site({}, stack="my-site"))
    plans(covered)
    assert "a flat-rate plan covers E123" in reported(harness.of_site({}, stack="my-site"))["FrontDoor"]
