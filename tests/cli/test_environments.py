"""One template in two shapes: both have every tier, and `failures --compare` says what the smaller one gives up."""

import json
import tomllib
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.sam_config import sam_config
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tools.repository import ROOT

FOLDER = ROOT / "examples/environments"
SHAPES = ("staging", "production")
TIERS = (
    "AWS::CloudFront::Distribution",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::RDS::DBInstance",
    "AWS::ElastiCache::ReplicationGroup",
    "Custom::FallbackSite",
)


def expanded(shape: str) -> dict[str, Any]:
    template = read_template(FOLDER / "site.yaml")
    return expand_template(template, parameter_values(template, {"Environment": shape}), "eu-west-1")["Resources"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_every_tier(shape: str) -> None:
    types = {body["Type"] for body in expanded(shape).values()}
    assert types >= {*TIERS}


def test_staging_is_the_smaller_one() -> None:
    staging, production = map(expanded, SHAPES)
    assert len(staging) < len(production)
    assert (staging["SiteDatabase"]["Properties"]["MultiAZ"], production["SiteDatabase"]["Properties"]["MultiAZ"]) == (
        False,
        True,
    )
    assert (staging["SiteDatabase"]["DeletionPolicy"], production["SiteDatabase"]["DeletionPolicy"]) == (
        "Delete",
        "Snapshot",
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_samconfig_deploys_each(shape: str) -> None:
    config = tomllib.loads((FOLDER / "samconfig.toml").read_text())[shape]["deploy"]["parameters"]
    assert config["parameter_overrides"] == f"Environment={shape}"
    assert (FOLDER / config["template_file"]).is_file()
    assert sam_config(FOLDER, shape).region == config["region"]


def compare(command_line: Any, compared: str, *options: str) -> Any:
    arguments = ("--parameter", "Environment=production", "--compare", f"Environment={compared}", *options)
    return command_line("failures", FOLDER / "site.yaml", *arguments)


def test_what_staging_gives_up_is_printed(command_line: Any) -> None:
    done = compare(command_line, "staging")
    assert (done.returncode, done.stderr) == (0, "")
    assert "What differs with Environment=staging" in done.stdout
    assert "no standby" in " ".join(done.stdout.split())
    assert "all web servers" not in done.stdout
    found = json.loads(compare(command_line, "staging", "--json").stdout)["differences"]
    assert {each["failure"] for each in found} >= {"the database's primary", "a read replica", "a zone"}
    assert all(each["answer"] != each["compared"] for each in found)


def test_shape_is_like_itself(command_line: Any) -> None:
    assert compare(command_line, "production").stdout == "Nothing differs with Environment=production.\n"
    refused = compare(command_line, "none")
    assert refused.returncode == 1
    assert "Environment" in refused.stderr
