"""The report as a reader sees it, for every example: alone, within the screen, for everybody, and complete."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from cli.analysis.picture.draw import picture
from cli.explain.command import explain
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.explain.contrast import JudgedColors
from tests.explain.drawn_parts import judge_parts
from tools.repository import ROOT

FOLDER = ROOT / "examples"
# All templates of the folder, and of the folders inside: `ci` has pipelines, which end with .yml.
EXAMPLES = [str(path.relative_to(FOLDER)) for path in sorted(FOLDER.rglob("*.yaml"))]
PHONE = (360, 800)
DESKTOP = (1280, 800)


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


@dataclass
class Window:
    """A browser's window, what the report in it asked for, and what it wrote to the console."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, url: str) -> None:
        """Show a report as on a phone, in the light scheme."""
        self.asked.clear()
        self.said.clear()
        self.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(url)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Window]:
    """Yield a window for all reports, one after the other: a new one takes a third of a report's time in Chromium."""
    page = browser.new_page()
    yield Window(page)
    page.close()


@pytest.mark.parametrize("example", EXAMPLES)
def test_accessible_within_the_screen_and_alone(
    window: Window, colors: JudgedColors, written: Path, example: str
) -> None:
    page, width = window.page, PHONE[0]
    window.open(written.as_uri())
    assert [url for url in window.asked if not url.startswith("data:")] == [written.as_uri()]
    assert window.said == []
    # The line of the present moment: a template's report is the same at any time.
    assert page.locator("g.today").count() == 0
    judge_drawing(page, example)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    assert page.evaluate(WIDER) == []
    page.set_viewport_size({"width": width, "height": PHONE[1]})
    assert colors.violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert colors.violations_of_colors(page) == []


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


def test_the_summary_says_what_the_sum_lacks(tmp_path: Path) -> None:
    """Without it, the sum of a site with a large database, or with a copy, looks like that of a small one."""
    template = tmp_path / "site.json"
    properties = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Database": {"DBInstanceClass": "db.x9g.large"},
        "Secondary": {"Region": "us-west-2"},
    }
    site = {"Type": "ResilientWebsite", "Properties": properties}
    template.write_text(json.dumps({"Transform": "ResilientWebsite", "Resources": {"Site": site}}))
    report = tmp_path / "report.html"
    arguments = [str(template), "--region", "us-east-1"]
    summary = " ".join(CliRunner().invoke(explain, arguments).output.split())
    copy = "the copy in us-west-2, which is a stack of its own (cost --region us-west-2 prints its sum)"
    assert f"not in this sum: database db.x9g.large with a standby, which has no known price; {copy}" in summary
    CliRunner().invoke(explain, [*arguments, "-o", str(report)])
    assert f"Not included: {copy}; taxes" in html.unescape(report.read_text())
    complete = CliRunner().invoke(explain, [str(ROOT / "examples/minimal.yaml"), "--region", "us-east-1"])
    assert "not in this sum" not in complete.output


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
