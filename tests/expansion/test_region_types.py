"""A site holds only resource types that CloudFormation has in the Region, or is refused."""

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.facts.regions import REGIONS
from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tools.reference.region_types import TABLE, missing, table


def test_table_is_what_the_linter_s_schemas_say() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


@given(SITES, st.sampled_from(REGIONS))
@examples(100)
def test_every_type_is_there_in_the_region(properties: dict[str, Any], region: str) -> None:
    try:
        resources = expand(properties, region)
    except InvalidTemplateError:
        return
    types = {body["Type"] for body in resources.values() if body["Type"].startswith("AWS::")}
    assert types <= set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1"])
def test_site_is_refused_in_other_partitions(region: str) -> None:
    with pytest.raises(InvalidTemplateError, match=f"found a site in {region}"):
        expand({"LoadBalancer": {"CloudFrontPrefixListId": "pl-0123456789abcdef0"}}, region)


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("AWS::Budgets::Budget", {"Monitoring": {"AlarmEmail": "a@example.com", "MonthlyBudget": 9}}, "MonthlyBudget"),
        ("AWS::FIS::ExperimentTemplate", {"Drills": True}, "Drills"),
    ],
)
def test_a_property_is_refused_exactly_where_its_type_is_missing(
    kind: str, properties: dict[str, Any], path: str
) -> None:
    for region in REGIONS:
        # In some Regions the macro does not know the id of CloudFront's prefix list.
        balancer = {"CloudFrontPrefixListId": "pl-0123456789abcdef0"}
        site = {"Network": {"AvailabilityZones": 2}, "LoadBalancer": balancer, **properties}
        if region in missing(kind):
            with pytest.raises(InvalidTemplateError, match=path):
                expand(site, region)
        else:
            expand(site, region)
