"""The saved copy as a front door would serve it: by the key scheme alone, pages as 503, all else as 200."""

from urllib.parse import unquote, urlsplit

from saved_site.captured import Captured
from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler


def key_for(target: str) -> str:
    """Return the key for a request's target, as `saved_site.addresses` documents it, written anew."""
    path = unquote(urlsplit(target).path).lstrip("/")
    last = path.split("/")[-1]
    if "." in last:
        return path
    return path + ("index.html" if path == "" or path.endswith("/") else "/index.html")


class SavedCopy(LoopbackServer):
    """Serves captured files; `missed` has what was asked for in vain."""

    def __init__(self, captured: Captured) -> None:
        self.missed: list[str] = []
        files = {file.key: file for file in captured.files}
        outer = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802
                file = files.get(key_for(self.path))
                if file is None:
                    outer.missed.append(self.path)
                body = file.kept.waits_at.read_bytes() if file else b"no such page"
                # A browser ignores a style sheet or script that comes as 503.
                self.send_response(404 if file is None else 503 if file.is_page else 200)
                self.send_header("Content-Type", file.content_type if file else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(Handler)
