"""The report as a reader sees it, for every example: alone, within the screen, for everybody, and complete."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from playwright.sync_api import Browser, Page

from cli.analysis.availability import resources as availability
from cli.analysis.picture.draw import mermaid, picture
from cli.analysis.picture.shapes import Picture
from cli.explain.command import explain
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import SITES, in_template
from tests.explain.contrast import JudgedColors, other_violations
from tools.emulator.endpoint import ROOT

FOLDER = ROOT / "examples"
# All templates of the folder, and of the folders inside: `ci` has pipelines, which end with .yml.
EXAMPLES = [str(path.relative_to(FOLDER)) for path in sorted(FOLDER.rglob("*.yaml"))]
PHONE = (360, 800)
DESKTOP = (1280, 800)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def drawn(template: dict[str, Any]) -> Picture:
    values = parameter_values(template, {})
    return picture(expand_template(template, values, "us-east-1"), "us-east-1", values)


@pytest.fixture
def written(tmp_path: Path, example: str) -> Path:
    file = tmp_path / "report.html"
    done = CliRunner().invoke(explain, [str(FOLDER / example), "--region", "us-east-1", "-o", str(file)])
    assert done.exit_code == 0, done.output
    return file


# What the page has: the parts and areas of the picture by id, its ways, and the same ways in words.
SHOWN = """() => {
  const picture = document.querySelector('#architecture svg');
  const shapes = [...picture.querySelectorAll('.node, .cluster')];
  const ids = shapes.map(each => each.id.replace(/^my-svg-(flowchart-(.*)-\\d+$)?/, '$2'));
  const ways = [...picture.querySelectorAll('path[data-edge]')].map(each => each.dataset.id.replace(/_\\d+$/, ''));
  return [ids.sort(), ways.sort(), document.querySelectorAll('#architecture li').length];
}"""


# The tables that a reader has to scroll to the right.
WIDER = """() => [...document.querySelectorAll('.wide')]
  .filter(box => box.querySelector('table') && box.scrollWidth > box.clientWidth)
  .map(box => box.getAttribute('aria-label'))"""


# The texts that a reader does not get whole: headers with a word on two lines that is not broken between its parts
# (<wbr>), and labels of the picture that are cut.
CUT = """() => {
  const broken = [...document.querySelectorAll('th')].filter(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const lines = new Set([...range.getClientRects()].map(each => Math.round(each.top)));
    const parts = cell.innerText.trim().split(/[\\s/-]+/).length + cell.querySelectorAll('wbr').length;
    return lines.size > parts;
  });
  const outside = [...document.querySelectorAll('#architecture foreignObject')].filter(
    each => each.firstElementChild.getBoundingClientRect().width > each.getBoundingClientRect().width + 1
  );
  return [...broken, ...outside].map(each => each.textContent);
}"""


def judge_drawing(page: Page, example: str) -> None:
    """Assert that the page shows each part, area and way of an example once, and that the template has them."""
    template = read_template(FOLDER / example)
    values = parameter_values(template, {})
    whole = expand_template(template, values, "us-east-1")
    made = picture(whole, "us-east-1", values)
    judge_parts(whole, made)
    ids, ways, words = page.evaluate(SHOWN)
    areas = [area.id for region in made.regions for area in region.every_area()]
    assert ids == sorted([part.id for part in made.every_part()] + areas)
    # Several ways between the same two parts are one arrow with all labels.
    pairs = Counter((start, end) for start, end, _ in {(way.start, way.end, way.spare) for way in made.ways})
    assert ways == sorted(f"L_{start}_{end}" for start, end in pairs.elements())
    assert words == len(made.ways)


@pytest.fixture(scope="module")
def colors() -> JudgedColors:
    """Return what all reports of the module share: their texts are of the same kinds."""
    return JudgedColors()


@pytest.mark.parametrize("example", EXAMPLES)
def test_accessible_within_the_screen_and_alone(
    browser: Browser, colors: JudgedColors, written: Path, example: str
) -> None:
    width, height = PHONE
    page = browser.new_page(viewport={"width": width, "height": height})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto(written.as_uri())
        assert [url for url in asked if not url.startswith("data:")] == [written.as_uri()]
        assert said == []
        # The line of the present moment: a template's report is the same at any time.
        assert page.locator("g.today").count() == 0
        judge_drawing(page, example)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        assert page.evaluate(WIDER) == []
        page.set_viewport_size({"width": width, "height": height})
        assert other_violations(page) == []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert colors.violations(page) == [], scheme
    finally:
        page.close()


# What a picture shows, by type; servers and databases have further parts.
COUNTED = {
    "AWS::CloudFront::Distribution",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBInstance",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::CacheCluster",
    "AWS::EFS::FileSystem",
}


def judge_parts(template: dict[str, Any], made: Picture) -> None:
    """Assert that the picture of an expanded template has its tiers and subnets, and nothing else."""
    # With those of the stacks in other Regions.
    resources = {name: each.type for name, each in availability.read(template, "us-east-1", {}).held.items()}
    backups = {
        f"{name}Backups"
        for name, body in template["Resources"].items()
        if body["Properties"].get("AutomaticBackupReplicationRegion")
    }
    parts = [part.id for part in made.every_part()]
    assert Counter(parts).most_common(1)[0][1] == 1
    of_type = {name for name, kind in resources.items() if kind in COUNTED}
    groups = {name for name, kind in resources.items() if kind == "AWS::AutoScaling::AutoScalingGroup"}
    standbys = {
        f"{name}Standby"
        for name, body in template["Resources"].items()
        if body["Type"] == "AWS::RDS::DBInstance" and body["Properties"].get("MultiAZ") in (True, "true")
    }
    stores = {part for part in parts if part in resources} - of_type - groups
    assert {resources[name] for name in stores} <= {"AWS::S3::Bucket", "AWS::ApiGateway::RestApi"}
    servers = {part for part in parts if any(part.startswith(group) for group in groups)}
    names = {part for part in parts if part.startswith("Name")}
    assert set(parts) == {"Visitors"} | of_type | standbys | backups | stores | servers | names
    areas = {area.id for region in made.regions for area in region.every_area()} & set(resources)
    networks = {name for name, kind in resources.items() if kind in ("AWS::EC2::Subnet", "AWS::EC2::VPC")}
    assert areas == networks


@given(SITES)
@settings(deadline=None)
def test_the_picture_has_every_tier_and_subnet_and_nothing_else(site: dict[str, Any]) -> None:
    template = expanded_template(site)
    judge_parts(template, picture(template, "us-east-1", {}))


@given(SITES)
@settings(deadline=None)
def test_every_part_is_on_a_way_from_visitors(site: dict[str, Any]) -> None:
    made = picture(expanded_template(site), "us-east-1", {})
    reached, before = {"Visitors"}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {way.end for way in made.ways if way.start in reached}
    left = {part.id for part in made.every_part()} - reached
    # CloudFront's origin may be a bucket that only answers with an error.
    assert {name for name in left if not name.startswith("Name")} == set()


def test_the_way_of_a_request_in_the_example() -> None:
    made = drawn(read_template(ROOT / "examples/with-domain.yaml"))
    ways = {(way.start, way.end): way for way in made.ways}
    assert ways["Namewww_example_com", "SiteDistribution"].label == "primary"
    assert ways["Namewww_example_com", "SiteSecondaryApi"].spare
    assert ways["SiteDistribution", "SiteAssetsBucket"].label == "/static/*"
    assert ways["SiteDistribution", "SiteFallbackBucket"].spare
    assert [way.end for way in made.ways if way.label == "on errors"] == ["SiteFallbackBucket"]
    assert ("SiteAutoScalingGroupSitePublicSubnet1", "SiteDatabase") in ways
    labels = {part.id: part.label for part in made.every_part()}
    assert labels["SiteAssetsBucket"] == "S3: assets"
    assert labels["SiteFallbackBucket"] == "S3: friendly page"
    text = mermaid(made)
    assert text.startswith("flowchart TB\n")
    assert text.count("subgraph ") == text.count("end\n") == 1 + 1 + 3 + 9


EXISTING = {
    "VpcId": "vpc-0123456789abcdef0",
    **{
        f"{tier}SubnetIds": [f"subnet-0123456789abcde{place}{number}" for number in (1, 2, 3)]
        for place, tier in enumerate(("Public", "Database", "Cache"))
    },
}


@pytest.mark.parametrize(("network", "second"), [({}, "BVpc"), (EXISTING, "Network")])
def test_each_site_is_in_its_own_vpc(network: dict[str, Any], second: str) -> None:
    sites = {"A": {"Cache": True}, "B": {"Cache": True, "Network": network}}
    template = {
        "Resources": {name: {"Type": "ResilientWebsite", "Properties": site} for name, site in sites.items()},
    }
    (region,) = drawn(template).regions
    first, other = region.areas
    assert (first.id, other.id) == ("AVpc", second)
    for name, area in (("A", first), ("B", other)):
        inside = {part.id for part in area.every_part()}
        assert {f"{name}LoadBalancer", f"{name}Database", f"{name}DatabaseStandby"} <= inside
        assert sum(each.startswith(f"{name}Cache") for each in inside) == 1
        assert all(each.startswith(name) for each in inside)
        assert any(each.startswith(f"{name}AutoScalingGroup") for each in inside)
    ids = [each.id for each in region.every_area()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("suffix", [".svg", ".mmd"])
def test_the_picture_alone(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"picture{suffix}"
    done = CliRunner().invoke(explain, [str(ROOT / "examples/minimal.yaml"), "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert re.match(r"<svg |flowchart", file.read_text())


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    done = CliRunner().invoke(explain, [str(ROOT / "examples/minimal.yaml"), "-o", str(file)])
    assert (done.exit_code, file.exists()) == (2, False)
    assert "found .pdf; give a file that ends with .html, .svg or .mmd" in done.output


@pytest.mark.parametrize("example", ["with-domain", "everything"])
def test_the_summary_fits_in_80_columns(example: str) -> None:
    arguments = [str(ROOT / f"examples/{example}.yaml"), "--region", "us-east-1"]
    done = CliRunner(env={"COLUMNS": "80"}).invoke(explain, arguments)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_the_summary_has_failures_and_the_cost() -> None:
    done = CliRunner().invoke(explain, [str(ROOT / "examples/minimal.yaml"), "--region", "us-east-1"])
    assert done.exit_code == 0, done.output
    assert "a web server: " in done.output
    assert re.search(r"\d+ to \d+ US dollars a month, \d+ expected", done.output)
    assert re.search(r"about \d+ min for the first deployment", done.output)


def test_what_is_replicated_to_another_region_is_in_the_picture() -> None:
    secondary = {"Region": "us-west-2", "Mode": "Backups"}
    site = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Secondary": secondary}
    made = drawn(in_template(site))
    other = next(region for region in made.regions if region.label == "us-west-2")
    labels = {part.label: part.id for part in other.every_part()}
    ways = {(way.start, way.end) for way in made.ways if way.spare}
    assert ("SiteDatabase", labels["RDS: replicated backups"]) in ways
    assert ("SiteAssetsBucket", labels["S3: replicated assets"]) in ways


def test_template_without_a_website_is_refused(tmp_path: Path) -> None:
    template, report = tmp_path / "topic.json", tmp_path / "report.html"
    template.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    done = CliRunner().invoke(explain, [str(template), "--region", "us-east-1", "-o", str(report)])
    assert (done.exit_code, report.exists()) == (1, False)
    assert "found no CloudFront distribution, load balancer or DNS record that serves visitors" in done.output


def test_figures_as_json() -> None:
    example = str(ROOT / "examples/minimal.yaml")
    done = CliRunner().invoke(explain, [example, "--region", "us-east-1", "--json"])
    made = json.loads(done.output)["deployment"]
    ends = {name: step["end"] for name, step in made["resources"].items()}
    assert max(ends.values()) == ends[made["criticalPath"][-1]] == made["seconds"]["expected"]
