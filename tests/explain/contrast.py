"""The colors of a page's texts, judged by axe once for each kind of text: they take most of its time.

The reports of all examples have the same few kinds of texts, in thousands of cells. Two texts are of one kind if they
and the elements around them have the same names, classes and attributes `style`, and are drawn alike, so that they have
the same contrast. Of a drawing, axe judges the labels of ways only, which have a background of their own (`labelBkg`):
what is behind other texts are shapes, which it takes for images, so that it reports nothing of them.
"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# The rules that compare colors. Source: "Rule Descriptions" in axe-core's documentation.
CONTRAST = "color-contrast"
COLOR_RULES = [CONTRAST, "link-in-text-block"]

# Marks the elements with a text of their own that are of no known kind, and returns their kinds.
_MARK_NEW = """known => {
  const seen = new Set(known), added = [], kinds = new Map();
  const kind = element => {
    if (!element) return '';
    if (!kinds.has(element)) {
      const style = getComputedStyle(element);
      const drawn = [style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.fontSize,
        style.fontWeight, style.textDecoration, style.textShadow, style.position, style.filter, style.mixBlendMode];
      const own = [element.localName, element.getAttribute('class'), element.getAttribute('style'), ...drawn];
      kinds.set(element, own.join('|') + '\\n' + kind(element.parentElement));
    }
    return kinds.get(element);
  };
  for (const element of document.body.querySelectorAll('*')) {
    element.removeAttribute('data-judged');
    if (![...element.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim())) continue;
    if (element.closest('svg') && !element.closest('.labelBkg')) continue;
    if (seen.has(kind(element))) continue;
    seen.add(kind(element));
    added.push(kind(element));
    element.setAttribute('data-judged', '');
  }
  return added;
}"""


# Has the rule that compares colors judge marked elements only.
_JUDGE_MARKED = f"axe.configure({{rules: [{{id: '{CONTRAST}', selector: '[data-judged]'}}]}})"

# Without what passes, which is much to send.
_VIOLATIONS = "options => axe.run(options).then(found => found.violations)"

# A violation, short: the rule, what it asks for, and the first three elements.
Violation = tuple[str, str, list[Any]]


class JudgedColors:
    """The kinds of texts whose colors have been judged, on all pages with one style sheet.

    Texts of a kind that has a violation are judged again on the next page.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def violations(self, page: Page) -> list[Violation]:
        """Return axe's violations of all rules on a page, from one run: each run maps the whole page first."""
        return self._judged(page, {})

    def violations_of_colors(self, page: Page) -> list[Violation]:
        """Return axe's violations of the rules of colors on a page."""
        return self._judged(page, {"runOnly": COLOR_RULES})

    def _judged(self, page: Page, options: dict[str, Any]) -> list[Violation]:
        added = page.evaluate(_MARK_NEW, list(self._known))
        # A page that has axe keeps it: no script to send and to read again.
        if not page.evaluate("'axe' in window"):
            page.evaluate(f"{AXE_SCRIPT};{_JUDGE_MARKED}")
        found = page.evaluate(_VIOLATIONS, {"resultTypes": ["violations"], **options})
        if not found:
            self._known.update(added)
        return [(each["id"], each["help"], [node["target"] for node in each["nodes"]][:3]) for each in found]
