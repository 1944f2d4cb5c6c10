"""The saved copy as a front door would serve it: by the key scheme alone, with the headers of the function there."""

from urllib.parse import unquote, urlsplit

from saved_site.captured import Captured
from tests.custom_resources.fake_s3 import FakeS3
from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler
from tests.inline.page_server_process import ask


def key_for(target: str) -> str:
    """Return the key for a request's target, as `saved_site.addresses` documents it, written anew."""
    path = unquote(urlsplit(target).path).lstrip("/")
    last = path.split("/")[-1]
    if "." in last:
        return path
    return path + ("index.html" if path == "" or path.endswith("/") else "/index.html")


def headers_of_answers() -> dict[str, str]:
    """Return the headers that the function in front puts on a saved page, but the one that makes plain HTTP be left."""
    with FakeS3() as s3:
        s3.objects = {"bucket/_saved/current.json": b'{"version": "v1"}', "bucket/_saved/v1/site/index.html": b"start"}
        (answer,) = ask(s3, ("GET", "/"))
    assert answer["body"] == "start"
    own = ("Content-Type", "Strict-Transport-Security")
    return {name: value for name, value in answer["headers"].items() if name not in own}


class SavedCopy(LoopbackServer):
    """Serves captured files; `missed` has what was asked for in vain."""

    def __init__(self, captured: Captured) -> None:
        self.missed: list[str] = []
        headers = headers_of_answers()
        files = {file.key: file for file in captured.files}
        outer = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802
                file = files.get(key_for(self.path))
                if file is None:
                    outer.missed.append(self.path)
                body = file.kept.waits_at.read_bytes() if file else b"no such page"
                self.send_response(404 if file is None else 200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", file.content_type if file else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(Handler)
