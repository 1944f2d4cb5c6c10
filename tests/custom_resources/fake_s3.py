"""An S3 that fails on request: a bucket in memory behind HTTP, whose next responses can be scripted."""

import re
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler

ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>scripted</Message></Error>"
STATUS = {"AccessDenied": 403, "NoSuchBucket": 404, "NoSuchKey": 404, "SlowDown": 503, "InternalError": 500}


class FakeS3(LoopbackServer):
    """Objects by "bucket/key"; `script` holds error codes for the next requests, `always` one for all of them."""

    def __init__(self, *, script: list[str] | None = None, always: str = "", garbage: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.script = list(script or [])
        self.always = always
        self.garbage = garbage
        self.requests = 0
        # What each request's signature is good for: the date, the Region, the service.
        self.scopes: list[str] = []
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.scopes.append(self.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0])
                status, answer = outer.answer(self.command, self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "binary/octet-stream")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_HEAD = handle_request  # noqa: N815

        super().__init__(Handler)

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """Return the status and body for one request."""
        self.requests += 1
        code = self.script.pop(0) if self.script else self.always
        if code:
            return STATUS[code], ERROR.format(code=code).encode()
        parts = urlsplit(target)
        name = unquote(parts.path).lstrip("/")
        if "versions" in parse_qs(parts.query, keep_blank_values=True):
            return 200, self._versions(name, parse_qs(parts.query).get("prefix", [""])[0]).encode()
        if method == "PUT":
            self.objects[name] = b"" if self.garbage else body
            return 200, b""
        if method == "POST":
            for key in re.findall(r"<Key>(.*?)</Key>", body.decode()):
                self.objects.pop(f"{name}/{unescape(key)}", None)
            return 200, b"<?xml version='1.0'?><DeleteResult/>"
        if name in self.objects:
            return 200, b"\x00garbage" if self.garbage else self.objects[name]
        return 404, ERROR.format(code="NoSuchKey").encode()

    def _versions(self, bucket: str, prefix: str) -> str:
        """Return the list of a bucket without versioning."""
        keys = [name.partition("/")[2] for name in self.objects if name.startswith(f"{bucket}/{prefix}")]
        entries = [f"<Version><Key>{escape(key)}</Key><VersionId>null</VersionId></Version>" for key in keys]
        return f"<?xml version='1.0'?><ListVersionsResult>{''.join(entries)}</ListVersionsResult>"
