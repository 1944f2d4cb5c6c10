"""Bytes from the site as text, whatever encoding they claim. We write UTF-8."""

from email.message import Message

import webencodings
from bs4.dammit import EncodingDetector


def media_type(content_type: str) -> str:
    """Return the bare type of a Content-Type header, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str:
    """Return the charset of a Content-Type header, or an empty text."""
    message = Message()
    message["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    found = message.get_param("charset", "")
    return found if isinstance(found, str) else ""


def decode(body: bytes, label: str) -> str:
    """Return text by a byte order mark, else by an encoding's label, else as UTF-8; what does not fit is replaced.

    Labels mean what they mean to browsers (latin-1 is windows-1252). Source: the Encoding Standard.
    """
    encoding = webencodings.lookup(label.strip()) if label.strip() else None
    decoded: str = webencodings.decode(body, encoding or webencodings.UTF8, "replace")[0]
    return decoded


def decode_page(body: bytes, content_type: str) -> str:
    """Return a page's text: by its mark, its header, its meta element, else UTF-8."""
    label = charset(content_type)
    if not label or webencodings.lookup(label) is None:
        label = _declared(body)
    return decode(body, label)


def _declared(body: bytes) -> str:
    label = EncodingDetector.find_declared_encoding(body[:4096], is_html=True) or ""
    # A page whose meta element can be read byte by byte is not UTF-16. Source: HTML, "prescan a byte stream".
    return "utf-8" if label.lower().startswith("utf-16") else label
