"""A drawing is the one that Mermaid makes without the faster functions, and they replace what mermaidx has.

`test_pictures.py` and the tests of the report draw large ones.
"""

import json
import re
from pathlib import Path

import mermaidx
import pytest
from mermaidx.engine import Engine

from cli.analysis.picture import drawing
from tools.repository import ROOT

FASTER = (ROOT / "cli/analysis/picture/faster_page.js").read_text(encoding="utf-8")
FLOWCHART = 'flowchart TB\n  subgraph Zone["zone"]\n    a["first"] -->|"label"| b{{"second"}}\n  end\n'
CHART = "gantt\n  dateFormat x\n  todayMarker off\n  section One\n    First :crit, 0, 60000\n    Second :60000, 90000\n"

# Which elements each selector of a drawing matches, and which of them is found first.
MATCHED = """(() => {
  const elements = [...document.querySelectorAll('*')];
  const selectors = [...__getCssRules().map(rule => rule.selectors), 'g > :first-child', 'g:not(.nodes)', '[id]', ''];
  return JSON.stringify(selectors.map(selector => [
    selector,
    elements.map(element => Number(element.matches(selector))).join(''),
    elements.indexOf(document.querySelector(selector)),
  ]));
})()"""


# What the style sheet says about each element.
STYLES = """(() => {
  const elements = [...document.querySelectorAll('*')];
  const properties = [...new Set(__getCssRules().flatMap(rule => Object.keys(rule.decls))), 'none'];
  return JSON.stringify(elements.map(each => properties.map(property => __resolveCssProp(each, property))));
})()"""

# What expressions match, at the beginning of a text or elsewhere; as often as they are asked.
EXPRESSIONS = r"""(() => {
  const patterns = [
    /^a/, /^(?:a|b)c/, /^(a)(x)?/i, /^[|a]b/, /^\||b/, /^a|b/, /^\[|a/, /^\(|a/, /^[a(]|b/, /b/, /^b/,
    /^b/m, /^a/g, /^a/y, /(?:^a)/,
  ];
  const texts = ['ab', 'bc', 'xa', 'xb', '|b', 'A', 'x\nb', '', '[', '('];
  const found = patterns.flatMap(pattern => [...texts, ...texts].map(text => {
    pattern.lastIndex = 0;
    const made = text.match(pattern);
    return made && [...made, made.index, made.input, made.length, RegExp.$1, RegExp.$2];
  }));
  return JSON.stringify([...found, 'a.b'.match('.'), 'ab'.match()]);
})()"""


@pytest.mark.parametrize("text", [FLOWCHART, CHART], ids=["flowchart", "chart"])
def test_drawing_is_the_same(text: str) -> None:
    plain = str(mermaidx.render(text).svg())
    # What was drawn before does not matter.
    for drawn in [drawing.svg(each) for each in (text, CHART, FLOWCHART, text)][::3]:
        assert drawn == plain
    judge(plain)


def test_rules_of_a_style_sheet_count_in_their_order() -> None:
    rules = "p{color:red} .b{color:blue} p.c, i{color:green;top:1px} #d p{color:gray} p:first-child{top:2px}"
    rules += " b i{top:3px}"
    parts = "<p></p><p class='b'></p><p class='b c'></p><p class='c b'></p><b><i></i></b><i></i>"
    judge(f"<style>{rules}</style>{parts}<div id='d'>{parts}</div>")


def judge(html: str) -> None:
    """Assert that the faster functions say the same of a page as those that they replace."""
    page = Engine()._build_context()
    page.eval(f"document.body.innerHTML = {json.dumps(html)}")
    before = [json.loads(page.eval(asked)) for asked in (MATCHED, STYLES, EXPRESSIONS)]
    page.eval(FASTER)
    assert all(len(found) > 5 for found in before)
    assert [json.loads(page.eval(asked)) for asked in (MATCHED, STYLES, EXPRESSIONS)] == before


def test_what_is_replaced_is_in_the_page() -> None:
    page = (Path(mermaidx.__file__).parent / "assets/dom_shim.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\b__\w+", FASTER))
    assert used
    assert used <= set(re.findall(r"^function (__\w+)\(", page, re.M))
