"""Replaces each form by a notice: a saved page can't receive form data."""

from collections import Counter
from collections.abc import Sequence

from saved_site.html_tokens import VOID, Token, start_tag
from saved_site.saved_page_banner import Notices, form_notice

# A form that contains one of these elements encloses the page's content.
_WHOLE_PAGE = frozenset(("h1", "main", "nav", "header", "footer", "article"))
_CONTROLS = frozenset(("input", "button", "select", "textarea"))
_KEPT_ATTRIBUTES = ("id", "class", "style")
# Elements whose end tags are optional. Source: HTML, "Optional tags".
_ENDS_ALONE = frozenset(
    (
        *("p", "li", "dt", "dd", "option", "optgroup", "caption", "colgroup"),
        *("thead", "tbody", "tfoot", "tr", "td", "th", "rt", "rp"),
    )
)


def replace_forms(page: Sequence[Token], notices: Notices) -> list[Token]:
    """Return a page with each form replaced by the notice, which keeps the form's id, class and style for the layout.

    Nested forms are ignored (HTML, "in body", a start tag whose name is "form"). A form that encloses the page's
    content, or is not properly nested, keeps its content with all controls disabled.
    """
    kept: list[Token] = []
    at = 0
    while at < len(page):
        token = page[at]
        if token.kind == "start" and token.name in _CONTROLS:
            token.drop("formaction")
        if token.kind != "start" or token.name != "form":
            kept.append(token)
            at += 1
            continue
        end = next((n for n in range(at + 1, len(page)) if page[n].kind == "end" and page[n].name == "form"), len(page))
        content = page[at + 1 : end]
        closed = end < len(page)
        kept += _replaced(token, content, page[end : end + 1], notices, closed=closed)
        at = end + 1
    return kept


def _replaced(
    form: Token, content: Sequence[Token], end: Sequence[Token], notices: Notices, *, closed: bool
) -> list[Token]:
    content = [token for token in content if token.kind != "start" or token.name != "form"]
    if form.get("method").strip().lower() == "dialog":
        form.drop("action")
        return [form, *_without_actions(content), *end]
    attributes = {name: form.get(name) for name in _KEPT_ATTRIBUTES if name in form.attributes}
    notice = Token("start", form_notice(notices), "p")
    if not closed:
        return [notice, *_disabled(content)]
    start, finish = Token("start", start_tag("div", attributes), "div", attributes), Token("end", "</div>", "div")
    whole = any(token.kind == "start" and token.name in _WHOLE_PAGE for token in content) or not _is_balanced(content)
    return [start, notice, *(_disabled(content) if whole else ()), finish]


def _without_actions(content: Sequence[Token]) -> Sequence[Token]:
    for token in content:
        if token.kind == "start" and token.name in _CONTROLS:
            token.drop("formaction")
    return content


def _disabled(content: Sequence[Token]) -> Sequence[Token]:
    for token in _without_actions(content):
        if token.kind == "start" and token.name in _CONTROLS:
            token.put("disabled", "")
            token.changed = True
    return content


def _is_balanced(content: Sequence[Token]) -> bool:
    """Return whether the content is balanced: it ends each element that it starts, and no other."""
    opened: Counter[str] = Counter()
    for token in content:
        if token.name in VOID or token.kind not in ("start", "end") or token.empty:
            continue
        opened[token.name] += 1 if token.kind == "start" else -1
        if opened[token.name] < 0 and token.name not in _ENDS_ALONE:
            return False
    return not any(count for name, count in opened.items() if name not in _ENDS_ALONE)
