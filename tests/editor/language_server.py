"""A client of the YAML language server that editors use, over its standard input and output."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.repository import ROOT

PROGRAM = ROOT / "tests/tools/node_modules/.bin/yaml-language-server"

Message = dict[str, Any]


class LanguageServer:
    """One running server. `settings` is the editor's configuration, by section."""

    def __init__(self, process: "subprocess.Popen[bytes]", settings: Mapping[str, Any]) -> None:
        self._process = process
        self._settings = settings
        self._number = 0

    def open(self, path: Path) -> list[Message]:
        """Open a file, and return what the editor would underline."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text()}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        published = self._until(lambda message: _published(message) == path.as_uri())
        return list(published["params"]["diagnostics"])

    def complete(self, path: Path, line: int, character: int) -> dict[str, Message]:
        """Return the proposals at a position (counted from 0), by their label."""
        found = self._ask("textDocument/completion", path, line, character)
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"]: item for item in items}

    def hover(self, path: Path, line: int, character: int) -> str:
        """Return the text that an editor shows at a position."""
        found = self._ask("textDocument/hover", path, line, character)
        return str(found["contents"]["value"]) if found else ""

    def start(self, folder: Path) -> None:
        """Begin the session, as an editor that has opened a folder."""
        self._request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "capabilities": {
                    "workspace": {"configuration": True},
                    "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}, "hover": {}},
                },
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
            },
        )
        self._send({"method": "initialized", "params": {}})
        self._until(lambda message: message.get("method") == "workspace/configuration")

    def _ask(self, method: str, path: Path, line: int, character: int) -> Any:
        position = {"line": line, "character": character}
        return self._request(method, {"textDocument": {"uri": path.as_uri()}, "position": position})

    def _request(self, method: str, params: Message) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == number and "method" not in message)["result"]

    def _until(self, wanted: Callable[[Message], bool]) -> Message:
        """Answer the server's own requests until the wanted message comes."""
        while True:
            message = self._receive()
            if message.get("method") == "workspace/configuration":
                answers = [self._settings.get(item.get("section"), None) for item in message["params"]["items"]]
                self._send({"id": message["id"], "result": answers})
            elif "id" in message and "method" in message:
                self._send({"id": message["id"], "result": None})
            if wanted(message):
                return message

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> Message:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has ended"
        message: Message = json.loads(self._process.stdout.read(length))
        return message


def _published(message: Message) -> str | None:
    """Return the file of which a message has what the editor would underline; None for other messages."""
    is_published = message.get("method") == "textDocument/publishDiagnostics"
    return str(message["params"]["uri"]) if is_published else None


@contextmanager
def language_server(folder: Path, settings: Mapping[str, Any]) -> Iterator[LanguageServer]:
    """Run a server for a folder that an editor has opened."""
    process = subprocess.Popen(["node", PROGRAM, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        server = LanguageServer(process, settings)
        server.start(folder)
        yield server
    finally:
        process.kill()
        process.communicate()
