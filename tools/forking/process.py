"""Processes that are forked from a template, with the methods of `subprocess.Popen` that their callers use."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

TEMPLATE = Path(__file__).with_name("template.py")
# What a template must not have: its forks have their own, and some of it counts when a module is imported.
FOREIGN = ("AWS_", "BOTO", "COVERAGE_", "PYTHONPATH")


class Template:
    """The process that forks. It starts with the first fork, and ends with this process or when it is closed.

    It imports the modules. They are those that are installed beside `python`, if no `path` has the folders of others.
    With a `parent` it is itself a fork of another, which has all of that one's modules; its own forks do not have
    `path` on theirs.
    """

    def __init__(
        self,
        modules: Sequence[str] = ("boto3", "botocore.handlers"),
        *,
        path: Sequence[Path] = (),
        python: str = sys.executable,
        parent: "Template | None" = None,
    ) -> None:
        self._modules = modules
        self._path = path
        self._python = python
        self._parent = parent
        self._starting = threading.Lock()
        self._control: socket.socket | None = None

    def fork(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str],
        folder: str,
        streams: Sequence[int],
        *,
        new_session: bool = False,
    ) -> tuple[socket.socket, int]:
        """Start a process with Python's arguments; return the socket that gets its exit status, and its id."""
        asked = {"arguments": list(arguments), "env": dict(env), "folder": folder, "new_session": new_session}
        request = json.dumps(asked).encode()
        caller, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            socket.send_fds(self._started(), [request], [*streams, other.fileno()])
        pid = caller.recv(64)
        if not pid:
            raise RuntimeError("the process that is forked has ended: see its standard error")
        return caller, int(pid)

    def close(self) -> None:
        """End the process that forks; its forks go on."""
        with self._starting:
            if self._control:
                self._control.close()
                self._control = None
                self._wait()

    def _started(self) -> socket.socket:
        with self._starting:
            if self._control is None:
                self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with other:
                    self._wait = self._start(other.fileno())
            return self._control

    def _start(self, control: int) -> Callable[[], object]:
        """Start the process that listens to a socket; return what waits for its end."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        path = os.pathsep.join(map(str, self._path))
        if self._parent is None:
            env |= {"PYTHONPATH": path} if path else {}
            arguments = [self._python, "-P", str(TEMPLATE), *self._modules]
            return subprocess.Popen(arguments, env=env, stdin=control).wait
        # What a module reads when it is imported is not to be somebody's account.
        env |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        arguments = ["-P", str(TEMPLATE), "--path", path, *self._modules]
        ended, _ = self._parent.fork(arguments, env, str(Path.cwd()), [control, 1, 2])
        return lambda: ended.recv(64)


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
def boto3_template() -> Template:
    """Return the process that has imported boto3, the same each time; others can be forks of it."""
    return Template()


@cache
def _template(imported: tuple[str, ...], path: tuple[Path, ...]) -> Template:
    return Template(imported, path=path, parent=boto3_template())
