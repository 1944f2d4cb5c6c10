"""The saved copy as a front door would serve it: by the key scheme alone, with the headers of the function there."""

import ast
from pathlib import Path
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


def headers_of_answers() -> dict[str, str]:
    """Return the headers that `serve_saved_site.py` puts on each answer, but the one that makes plain HTTP be left."""
    code = Path(__file__).parents[2] / "macros/resilient_website/inline/serve_saved_site.py"
    assigned = [node for node in ast.parse(code.read_text()).body if isinstance(node, ast.Assign)]
    (found,) = [node.value for node in assigned if ast.unparse(node.targets[0]) == "HEADERS"]
    headers: dict[str, str] = ast.literal_eval(found)
    del headers["Strict-Transport-Security"]
    return headers


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
