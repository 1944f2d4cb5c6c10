"""Decodes bytes from the site by their declared encoding. The copy is written in UTF-8."""

import webencodings

from saved_site.html_tokens import Token, tokens

# Browsers look for a declaration in the first 1,024 bytes ("prescan a byte stream"); some pages have it later.
_PRESCANNED = 4_096


def media_type(content_type: str) -> str:
    """Return the bare type of a Content-Type header, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str:
    """Return the charset of a Content-Type header; empty if it has none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").strip()
    return ""


def decode(body: bytes, label: str) -> str:
    """Decode by byte order mark, else by encoding label, else as UTF-8; invalid bytes are replaced.

    Labels are interpreted as browsers do (latin-1 is windows-1252). Source: the Encoding Standard.
    """
    encoding = webencodings.lookup(label.strip()) if label.strip() else None
    decoded: str = webencodings.decode(body, encoding or webencodings.UTF8, "replace")[0]
    return decoded


def decode_page(body: bytes, content_type: str) -> str:
    """Decode a page by byte order mark, else by header, else by meta element, else as UTF-8."""
    label = charset(content_type)
    if not label or webencodings.lookup(label) is None:
        label = _declared(body)
    return decode(body, label)


def _declared(body: bytes) -> str:
    found = map(_label, tokens(body[:_PRESCANNED].decode("latin-1")))
    label = next(filter(None, found), "")
    # A page whose meta element can be read byte by byte is not UTF-16. Source: HTML, "prescan a byte stream".
    return "utf-8" if label.lower().startswith("utf-16") else label


def _label(token: Token) -> str:
    if token.kind == "other" and token.text.startswith("<?xml"):
        _, _, after = token.text.partition("encoding=")
        return after[1:].partition(after[:1])[0] if after[:1] in ("'", '"') and after else ""
    if token.kind != "start" or token.name != "meta":
        return ""
    if token.get("http-equiv").lower() == "content-type":
        return token.get("charset") or charset(token.get("content"))
    return token.get("charset")
