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
from tools.emulator.endpoint import ROOT

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


@pytest.mark.parametrize("text", [FLOWCHART, CHART], ids=["flowchart", "chart"])
def test_drawing_is_the_same(text: str) -> None:
    plain = str(mermaidx.render(text).svg())
    # What was drawn before does not matter.
    for drawn in [drawing.svg(each) for each in (text, CHART, FLOWCHART, text)][::3]:
        assert drawn == plain
    page = Engine()._build_context()
    page.eval(f"document.body.innerHTML = {json.dumps(plain)}")
    before = json.loads(page.eval(MATCHED))
    page.eval(FASTER)
    assert len(before) > 10
    assert json.loads(page.eval(MATCHED)) == before


def test_what_is_replaced_is_in_the_page() -> None:
    page = (Path(mermaidx.__file__).parent / "assets/dom_shim.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\b__\w+", FASTER))
    assert used
    assert used <= set(re.findall(r"^function (__\w+)\(", page, re.M))
