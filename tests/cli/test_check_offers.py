"""`check`: what the Region offers, CloudFront's quotas, Hooks, and the tag of the budget."""

from typing import Any

import pytest

from tests.cli.checking_bed import ZONES, Bed, endpoint_services, told

CLOSED: dict[str, Any] = {"Network": {"WebSubnets": "Private", "NatGateways": "None"}}


def test_endpoint_service_that_the_region_has_not(bed: Bed) -> None:
    assert not bed.of_site(CLOSED).findings
    bed.answers["ec2", "describe_vpc_endpoint_services"] = endpoint_services("ssmmessages")
    found = told(bed.of_site(CLOSED))
    assert list(found) == ["Network.EndpointServices"]
    assert "us-east-1 has no endpoint service com.amazonaws.us-east-1.ssmmessages" in found["Network.EndpointServices"]


def test_endpoint_service_that_a_zone_has_not(bed: Bed) -> None:
    bed.answers["ec2", "describe_vpc_endpoint_services"] = endpoint_services(zones=ZONES[1:])
    assert "is not in us-east-1a" in told(bed.of_site(CLOSED))["Network.EndpointServices"]
    assert not bed.of_site({}).findings


def test_endpoint_service_without_a_private_name(bed: Bed) -> None:
    offered = endpoint_services()()
    for detail in offered["ServiceDetails"]:
        detail["PrivateDnsName"] = "a.example.com"
    bed.answers["ec2", "describe_vpc_endpoint_services"] = lambda **_: offered
    assert not bed.of_site(CLOSED).findings
    (logs,) = [each for each in offered["ServiceDetails"] if each["ServiceName"].endswith(".logs")]
    del logs["PrivateDnsName"]
    assert "us-east-1.logs has no private DNS name" in told(bed.of_site(CLOSED))["Network.EndpointServices"]


def test_scheduled_actions_in_the_past(bed: Bed) -> None:
    def action(year: int) -> dict[str, Any]:
        return {"WebServers": {"ScheduledActions": [{"StartTime": f"{year}-01-01T00:00:00Z", "MinSize": 4}]}}

    assert not bed.of_site(action(bed.now.year + 1)).findings
    found = told(bed.of_site(action(bed.now.year - 1)))
    assert found["WebServers.ScheduledActions[0].StartTime"].startswith("error: ")


def test_type_that_the_region_has_not(bed: Bed) -> None:
    known = {"AWS::EC2::VPC"}

    def described(TypeName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if TypeName in {"AWS::Budgets::Budget", *known}:
            raise bed.aws("cloudformation").exceptions.TypeNotFoundException(
                {"Error": {"Code": "TypeNotFoundException", "Message": ""}}, "DescribeType"
            )
        return {"TypeName": TypeName}

    bed.answers["cloudformation", "describe_type"] = described
    bed.answers["cloudformation", "list_types"] = lambda Type, **_: {  # noqa: N803
        "TypeSummaries": [{"TypeName": name} for name in known if Type == "RESOURCE"]
    }
    budget = {"Monitoring": {"MonthlyBudget": 100, "AlarmEmail": "a@example.com"}}
    found = told(bed.of_site(budget), "")
    assert found["Resources"].startswith("error: CloudFormation in us-east-1 has no type AWS::Budgets::Budget (Site")
    assert not bed.of_site({}).findings


def test_hooks_are_named(bed: Bed) -> None:
    bed.answers["cloudformation", "list_types"] = lambda Type, Visibility, **_: {  # noqa: N803
        "TypeSummaries": [{"TypeName": "Company::Guard::Hook"}] if (Type, Visibility) == ("HOOK", "PRIVATE") else []
    }
    (unchecked,) = bed.of_site({}).not_checked
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
def test_quotas_of_cloudfront(bed: Bed, operation: str, answer: str, limit: int, site: dict[str, Any]) -> None:
    def there(count: int) -> None:
        bed.answers["cloudfront", operation] = lambda **_: {answer: {"Quantity": count, "Items": [{}] * count}}

    there(0)
    assert not bed.of_site(site).findings
    there(limit)
    found = told(bed.of_site(site))
    assert list(found) == ["Resources"]
    assert f"{limit} exist" in found["Resources"]


@pytest.mark.parametrize("status", ["Inactive", None])
def test_budget_whose_tag_is_not_active(bed: Bed, status: str | None) -> None:
    site = {"Monitoring": {"MonthlyBudget": 100, "AlarmEmail": "a@example.com"}}
    assert not bed.of_site(site).findings
    bed.answers["ce", "list_cost_allocation_tags"] = lambda TagKeys: {  # noqa: N803
        "CostAllocationTags": [{"TagKey": key, "Status": status} for key in TagKeys if status]
    }
    report = bed.of_site(site)
    assert "so the budget counts nothing" in told(report)["Monitoring.MonthlyBudget"]
    assert report.ok


def test_distribution_under_a_flat_rate_plan(bed: Bed) -> None:
    bed.answers["cloudformation", "list_stack_resources"] = lambda **_: {
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
        bed.answers["pricing-plan-manager", "list_subscriptions"] = lambda **_: {
            "subscriptionSummaries": [{"arn": "arn:plan", "resourceArns": list(arns)}]
        }

    plans(covered.replace("E123", "E999"))
    assert "FrontDoor" not in told(bed.of_site({}, stack="my-site"))
    plans(covered)
    assert "a flat-rate plan covers E123" in told(bed.of_site({}, stack="my-site"))["FrontDoor"]
