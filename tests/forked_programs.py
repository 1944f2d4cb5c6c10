"""Programs for a shell that are forks, as `tools/forking` makes them: nothing is imported again for each command.

The shell finds a small program of each name, which hands its arguments, variables, folder and streams to this process,
waits for the fork's end, and ends with its exit status.
"""

import json
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tools.forking.sam import SAM, sam_template
from tools.forking.template import Template
from tools.repository import ROOT

# As the file `aws` does. Importing the package sets AWS_DATA_PATH, which a fork does not have from its template.
# `aws ... wait` asks once a second, not twice a minute: an emulator needs seconds for what takes AWS minutes.
_AWS = """import os, sys, time, types, awscli, botocore.waiter
os.environ["AWS_DATA_PATH"] = os.path.join(awscli.__path__[0], "data")
botocore.waiter.time = types.SimpleNamespace(sleep=lambda _: time.sleep(1))
from awscli.clidriver import main
sys.exit(main())"""
_PROGRAM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
    asked.connect({address!r})
    request = [{name!r}, sys.argv[1:], dict(os.environ), os.getcwd()]
    socket.send_fds(asked, [json.dumps(request).encode()], [0, 1, 2])
    sys.exit(int(asked.recv(64)))
"""
_MAX_REQUEST_BYTES = 1_000_000
_STREAMS = 3


@dataclass(frozen=True)
class Program:
    """What a name runs: a fork of `template`, with these arguments of Python before those of the command."""

    template: Template
    arguments: Sequence[str]


def aws(*options: str) -> Program:
    """Return the AWS CLI, with these options in each command."""
    return Program(_aws_template(), ["-P", "-c", _AWS, *options])


def sam() -> Program:
    """Return the AWS SAM CLI."""
    return Program(sam_template(), ["-P", SAM])


@cache
def _aws_template() -> Template:
    """Return the process that has imported what the AWS CLI imports, and read botocore's models."""
    return Template(("boto3", "awscli.clidriver", "awscli.handlers"), python=str(ROOT / ".venv-aws/bin/python"))


class Forks:
    """A context manager. `folder` has the programs; it belongs into the PATH of the shell."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        self._programs = programs
        # Not in the folder of a test: the name of a socket has 107 characters at most (unix(7)).
        self._temporary = TemporaryDirectory(prefix="programs-")
        self.folder = Path(self._temporary.name) / "bin"
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def __enter__(self) -> Self:
        address = str(self.folder.with_name("asked"))
        self._server.bind(address)
        self._server.listen()
        self.folder.mkdir()
        for name in self._programs:
            program = self.folder / name
            program.write_text(_PROGRAM.format(python=sys.executable, address=address, name=name))
            program.chmod(0o755)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._temporary.cleanup()

    def _serve(self) -> None:
        """Run each program in a thread of its own: those of a pipe run at once."""
        while True:
            try:
                asked, _ = self._server.accept()
            except OSError:
                return  # it is closed
            threading.Thread(target=self._run, args=(asked,), daemon=True).start()

    def _run(self, asked: socket.socket) -> None:
        with asked:
            request, streams, _, _ = socket.recv_fds(asked, _MAX_REQUEST_BYTES, _STREAMS)
            name, arguments, environment, folder = json.loads(request)
            program = self._programs[name]
            try:
                ended, _ = program.template.fork([*program.arguments, *arguments], environment, folder, streams)
            finally:
                for stream in streams:
                    socket.close(stream)
            with ended:
                # Without a status it was killed, with the process that forks.
                asked.send(ended.recv(64) or b"1")
