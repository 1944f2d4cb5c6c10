"""Answers for the site while it can't: the saved page at its own path, the friendly page for all else.

An AWS Lambda function behind API Gateway's Lambda proxy integration. BUCKET, SAVED and FRIENDLY say where the saved
versions and the friendly page are, BARE is the page for when S3 can't give that one, RETRY_AFTER the seconds in the
header Retry-After.

A saved page is on the site's own origin, without the headers that it came with: no script runs on it, whatever was
saved. Images, styles, fonts, media and frames of other hosts are shown as on the original.
"""

import base64
import json
import logging
import os
import time
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

S3 = boto3.client("s3", config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}))
BUCKET, SAVED, FRIENDLY = os.environ["BUCKET"], os.environ["SAVED"], os.environ["FRIENDLY"]
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; frame-src 'self' https:; img-src 'self' https: data:; "
    "media-src 'self' https: data:; font-src 'self' https: data:; style-src 'self' https: 'unsafe-inline'; "
    "manifest-src 'self'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
# A function's answer has at most 6 MB ("Lambda quotas"), and base64 makes four bytes of three.
MOST_BYTES = 4_400_000
# For so long the version that is current is not asked for again.
SECONDS = 5
BARE = (os.environ["BARE"].encode(), "text/html; charset=utf-8")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return the answer to one request."""
    found = saved(unquote(event["path"])) if event["httpMethod"] in ("GET", "HEAD") else None
    if found:
        return answer(200, found, {})
    return answer(503, read(FRIENDLY) or BARE, {"Retry-After": os.environ["RETRY_AFTER"], "X-Robots-Tag": "noindex"})


def answer(status: int, page: tuple[bytes, str], headers: dict[str, str]) -> dict[str, Any]:
    """Return a response as API Gateway takes it. Text goes as text: base64 is undone only for who says Accept."""
    body, kind = page
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    headers = {"Content-Type": kind, **HEADERS, **headers}
    return {"statusCode": status, "headers": headers, "isBase64Encoded": encoded, "body": text}


def saved(path: str) -> tuple[bytes, str] | None:
    """Return the saved page of a path, or None."""
    folder, _, name = path.lstrip("/").rpartition("/")
    file = name if "." in name else f"{name}/index.html" if name else "index.html"
    version = current(int(time.time() // SECONDS))
    return read(f"{SAVED}{version}/site/{folder}/{file}".replace("//", "/")) if version else None


@lru_cache(maxsize=1)
def current(_now: int) -> str:
    """Return the version that is current."""
    found = read(SAVED + "current.json")
    return str(json.loads(found[0]).get("version", "")) if found else ""


def read(key: str) -> tuple[bytes, str] | None:
    """Return an object's content and type; None where there is none, where it is too large, or where S3 fails."""
    try:
        got = S3.get_object(Bucket=BUCKET, Key=key)
        return (got["Body"].read(), got["ContentType"]) if got["ContentLength"] <= MOST_BYTES else None
    except (BotoCoreError, ClientError) as error:
        logging.getLogger().warning("%s: %s", key, error)
        return None
