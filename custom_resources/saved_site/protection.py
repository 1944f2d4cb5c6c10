"""Headers and meta elements by which a site forbids that a file is copied, or shown as a page of the site.

A saved copy serves stored files without their original headers. Sources: RFC 9111, 5.2.2
(no-store, private); RFC 6266 (attachment); Google's "Robots meta tag and X-Robots-Tag" (noarchive, none); Content
Security Policy Level 3, 6.3.2 (sandbox).
"""

from collections.abc import Mapping

from saved_site.decode import media_type

# Robots whose rules apply to every copy, like those for "robots".
_ROBOTS = ("robots", "resilientwebsite-savedsite")
_NO_COPY = ("noarchive", "none")
# Documents whose scripts the original isolated from the site.
_DOCUMENTS = ("text/html", "text/xml", "application/xml")
# Longer headers are not evaluated.
_MAX_HEADER_LENGTH = 8_000

HEADERS = ("Cache-Control", "Content-Disposition", "Content-Security-Policy", "X-Robots-Tag")


def reason_to_leave_out(headers: Mapping[str, str], content_type: str) -> str:
    """Return why a file with these headers (of `HEADERS`) is not copied; empty if it may be."""
    values = {name: headers.get(name, "").lower() for name in HEADERS}
    long = next((name for name, value in values.items() if len(value) > _MAX_HEADER_LENGTH), "")
    if long:
        return f"its {long} header is longer than {_MAX_HEADER_LENGTH} characters"
    directives = [_name(one, "=") for one in values["Cache-Control"].split(",")]
    refused = next((one for one in ("no-store", "private") if one in directives), "")
    if refused:
        return f"Cache-Control says {refused}"
    if _name(values["Content-Disposition"], ";") not in ("", "inline"):
        return "Content-Disposition says attachment"
    if any(_says_no_copy(part) for part in values["X-Robots-Tag"].split(",")):
        return "X-Robots-Tag says noarchive"
    policies = values["Content-Security-Policy"].replace(",", ";").split(";")
    if any(one.split()[:1] == ["sandbox"] for one in policies) and _is_document(content_type):
        return "Content-Security-Policy says sandbox"
    return ""


def is_kept_out_by_robots(name: str, content: str) -> bool:
    """Return whether a meta element with this name and content forbids keeping the page."""
    name = name.strip().lower()
    return (name in _ROBOTS or name.endswith("bot")) and any(
        _says_no_copy(part) for part in content[:_MAX_HEADER_LENGTH].lower().split(",")
    )


def _says_no_copy(directive: str) -> bool:
    """Return whether a directive, which may start with a robot's name, is one of these."""
    return directive.rpartition(":")[2].strip() in _NO_COPY or directive.strip() in _NO_COPY


def _is_document(content_type: str) -> bool:
    kind = media_type(content_type)
    return kind in _DOCUMENTS or kind.endswith("+xml")


def _name(text: str, end: str) -> str:
    return text.partition(end)[0].strip()
