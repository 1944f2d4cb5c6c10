"""Processes that are forked from a template, with the methods of `subprocess.Popen` that their callers use."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tools.forking.template import Template, boto3_template


class ForkedProcess:
    """A process. Its standard input is a pipe; its output is one, or a file; `stderr` is `PIPE`, `STDOUT` or a file.

    `arguments`: those of `python`: a script, or `-c` and code, with `-P` before it or not. With `new_session` it
    leads a process group, whose id is its own.
    """

    def __init__(
        self,
        template: Template,
        arguments: Sequence[str],
        env: Mapping[str, str],
        *,
        folder: Path | None = None,
        stdout: int | IO[str] = subprocess.PIPE,
        stderr: int | IO[str] = subprocess.PIPE,
        new_session: bool = False,
    ) -> None:
        self.args = list(arguments)
        self.returncode: int | None = None
        self.stderr: IO[str] | None = None
        self._waiting = threading.Lock()
        theirs, ours = os.pipe()
        self.stdin: IO[str] = os.fdopen(ours, "w", 1)
        ours, output = os.pipe()
        self.stdout: IO[str] = os.fdopen(ours)
        given = [theirs, output]
        if stdout != subprocess.PIPE:
            # Its reader finds the end at once.
            output = stdout if isinstance(stdout, int) else stdout.fileno()
        if stderr == subprocess.PIPE:
            ours, errors = os.pipe()
            self.stderr = os.fdopen(ours)
            given.append(errors)
        elif stderr == subprocess.STDOUT:
            errors = output
        else:
            errors = stderr if isinstance(stderr, int) else stderr.fileno()
        try:
            streams = [theirs, output, errors]
            place = str(folder or Path.cwd())
            self._caller, self.pid = template.fork(arguments, env, place, streams, new_session=new_session)
        finally:
            for descriptor in given:
                os.close(descriptor)

    def poll(self) -> int | None:
        """Return the exit status, as `Popen.poll` does; None if it has not ended."""
        if self.returncode is None and self._waiting.acquire(blocking=False):
            try:
                self._receive(0)
            except subprocess.TimeoutExpired:
                return None
            finally:
                self._waiting.release()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once it has ended. Raises TimeoutExpired."""
        with self._waiting:
            return self._receive(timeout)

    def _receive(self, timeout: float | None) -> int:
        if self.returncode is None:
            self._caller.settimeout(timeout)
            try:
                status = self._caller.recv(64)
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired([sys.executable], timeout or 0) from error
            self._caller.close()
            # Without a status the template was killed, with all that it started.
            self.returncode = int(status) if status else -signal.SIGKILL
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it has not ended."""
        if self.poll() is None:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return  # it has ended since

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, wherever it is."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, text: str | None = None, timeout: float | None = None) -> tuple[str, str]:
        """Send a text, read all that it writes, and wait for its end. Raises TimeoutExpired."""
        read: dict[str, str] = {}

        def read_all(name: str, stream: IO[str]) -> None:
            with stream:
                read[name] = stream.read()

        streams = {"stdout": self.stdout, **({"stderr": self.stderr} if self.stderr else {})}
        readers = [threading.Thread(target=read_all, args=entry, daemon=True) for entry in streams.items()]
        for reader in readers:
            reader.start()
        try:
            if text:
                self.stdin.write(text)
            self.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, or does not read
        self.wait(timeout)
        for reader in readers:
            reader.join(timeout)
        return read.get("stdout", ""), read.get("stderr", "")

    def completed(self, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Do what `communicate` does, and return what `subprocess.run` returns."""
        output, errors = self.communicate(text)
        return subprocess.CompletedProcess(self.args, self.wait(), output, errors)


def forked(
    arguments: Sequence[str],
    env: Mapping[str, str],
    *,
    folder: Path | None = None,
    stderr: int | IO[str] = subprocess.PIPE,
    imported: Sequence[str] = (),
    path: Sequence[Path] = (),
) -> ForkedProcess:
    """Start a process that has boto3, as `ForkedProcess` does; all that this process starts share one template.

    Those that have the same modules `imported` already, from the folders of `path`, share another, if it is not
    measured what they import.
    """
    is_shared = not imported or "COVERAGE_PROCESS_CONFIG" in env
    template = boto3_template() if is_shared else _template(tuple(imported), tuple(path))
    return ForkedProcess(template, arguments, env, folder=folder, stderr=stderr)


@cache
def _template(imported: tuple[str, ...], path: tuple[Path, ...]) -> Template:
    return Template(imported, path=path, parent=boto3_template(), shared=True)
