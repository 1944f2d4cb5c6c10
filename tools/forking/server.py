"""The process that is forked. It imports modules once; each fork then becomes a process of its own.

`python -P server.py [--path FOLDERS] MODULE...`, with a socket as standard input. The folders are for the modules
only: its forks do not look there. With boto3 among the modules, botocore's models are read as well (`aws_models.py`).
A message on the socket is a fork to start: JSON with the fields of `Request`, and four descriptors: standard input,
output and error, and a socket that gets the process id and, when the fork has ended, its exit status. Ends when the
socket is closed; its forks go on.

If the socket listens, several processes share this one: each connects to it, and takes its forks with it when it ends.
The first has connected before. Ends with the last connection.

It imports nothing of this project but the modules that are named: functions are forked from one that has none of its
modules, and find their own only on their own path.
"""

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import types
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_REQUEST_BYTES = 1_000_000
_DESCRIPTORS = 4
# Forks that it has started when they are made shorter (`large_pages.py`): what takes as long as a dozen of them.
_SHORTER_FORKS_FROM = 100


@dataclass(frozen=True)
class Request:
    """What a fork becomes: a process with these arguments of Python, variables, folder and standard streams.

    `new_session`: it leads a process group. `outlives`: it goes on when a process that shares its template ends.
    """

    arguments: list[str]
    env: dict[str, str]
    folder: str
    new_session: bool
    outlives: bool
    streams: list[int]


@dataclass(frozen=True)
class Fork:
    """A fork that runs: the socket that gets its exit status, and the connection with which it ends, if any."""

    caller: socket.socket
    connection: socket.socket | None


def main(modules: list[str], path: list[str]) -> None:
    """Import the modules and start forks. In a fork, run what was asked for."""
    base = list(sys.path)
    sys.path[:0] = path
    for name in modules:
        importlib.import_module(name)
    if "boto3" in modules:
        _function("aws_models", "read")()
    # What is there stays: a fork's collector need not look through it, which would copy its memory.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
        request = _Server(control).serve()
    if request:
        signal.signal(signal.SIGINT, interrupted)
        _become(request, base)


def _function(module: str, name: str) -> Any:
    """Return a function of this package's, whose module no fork is to find on its path or among its modules."""
    path = Path(__file__).with_name(f"{module}.py")
    names: dict[str, Any] = {"__name__": module}
    exec(compile(path.read_bytes(), str(path), "exec"), names)  # noqa: S102  # this package's own
    return names[name]


class _Server:
    """Starts a fork for each message, until the last connection ends."""

    def __init__(self, control: socket.socket) -> None:
        is_shared = control.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        self._listening = [control] if is_shared else []
        self._connections = [control.accept()[0] if is_shared else control]
        self._forks: dict[int, Fork] = {}
        self._started = 0
        self._ended, self._ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._ends)

    def serve(self) -> Request | None:
        """Return its request in a fork, and None at the end."""
        while self._connections or self._is_found_again():
            watched: list[Any] = [self._ended, *self._listening, *self._connections]
            readable, _, _ = select.select(watched, [], [])
            if self._ended in readable:
                with suppress(BlockingIOError):
                    os.read(self._ended, MAX_REQUEST_BYTES)
                self._report()
            for connection in [connection for connection in self._connections if connection in readable]:
                message, descriptors, _, _ = socket.recv_fds(connection, MAX_REQUEST_BYTES, _DESCRIPTORS)
                if not message:
                    self._leave(connection)
                elif request := self._fork(connection, json.loads(message), descriptors):
                    return request
            self._connections += [listener.accept()[0] for listener in self._listening if listener in readable]
        return None

    def _is_found_again(self) -> bool:
        """Remove the address; tell whether somebody has connected before that."""
        for listener in self._listening:
            Path(listener.getsockname()).unlink(missing_ok=True)
            listener.setblocking(False)
            with suppress(BlockingIOError):
                self._connections.append(listener.accept()[0])
        return bool(self._connections)

    def _fork(self, connection: socket.socket, asked: dict[str, Any], descriptors: list[int]) -> Request | None:
        """Start a fork; return its request there, and None here."""
        *streams, number = descriptors
        request = Request(**asked, streams=streams)
        caller = socket.socket(fileno=number)
        pid = os.fork()
        if not pid:
            caller.close()
            self._let_go()
            return request
        for descriptor in streams:
            os.close(descriptor)
        self._forks[pid] = Fork(caller, connection if self._listening and not request.outlives else None)
        _tell(caller, pid)
        self._started += 1
        if self._started == _SHORTER_FORKS_FROM:
            _function("large_pages", "use")()
        return None

    def _let_go(self) -> None:
        """Close in a fork what only the process that forks needs."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._ended, self._ends):
            os.close(descriptor)
        for connection in (*self._connections, *(fork.caller for fork in self._forks.values())):
            connection.close()

    def _leave(self, connection: socket.socket) -> None:
        """End the forks of a connection that has ended."""
        self._connections.remove(connection)
        connection.close()
        for pid, fork in self._forks.items():
            if fork.connection is connection:
                os.kill(pid, signal.SIGKILL)

    def _report(self) -> None:
        """Tell the callers of forks that have ended their exit status."""
        for pid, fork in list(self._forks.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                _tell(fork.caller, os.waitstatus_to_exitcode(status))
                self._forks.pop(pid).caller.close()


def _tell(caller: socket.socket, number: int) -> None:
    with suppress(OSError):  # it may be gone
        caller.send(str(number).encode())


def _become(request: Request, base: list[str]) -> None:
    """Run a script or code as a new process of Python would."""
    if request.new_session:
        os.setsid()
    for number, descriptor in enumerate(request.streams):
        os.dup2(descriptor, number)
    for descriptor in request.streams:
        os.close(descriptor)
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)  # type: ignore[misc]
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.env)
    time.tzset()
    sys.dont_write_bytecode = bool(request.env.get("PYTHONDONTWRITEBYTECODE"))
    code, first = _code(request.arguments)
    own = list(filter(None, request.env.get("PYTHONPATH", "").split(os.pathsep)))
    sys.path[:] = [*first, *own, *base]
    importlib.invalidate_caches()
    _customize(own)
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    if code.co_filename == sys.argv[0]:
        module.__file__ = sys.argv[0]
    status = 0
    try:
        exec(code, module.__dict__)  # noqa: S102  # what the caller would have had Python run
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    _end(status)


def _end(status: int) -> None:
    """End as `multiprocessing` ends its forks: to take objects apart would copy all memory shared with the template."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _code(arguments: list[str]) -> tuple[types.CodeType, list[str]]:
    """Return the code that Python's arguments name, and what it puts first on the path. Sets `sys.argv`."""
    safe = arguments[0] == "-P"
    rest = arguments[1:] if safe else list(arguments)
    if rest[0] == "-c":
        sys.argv = ["-c", *rest[2:]]
        return compile(rest[1], "<string>", "exec"), [] if safe else [""]
    sys.argv = rest
    script = Path(rest[0])
    return compile(script.read_bytes(), str(script), "exec"), [] if safe else [str(script.resolve().parent)]


def _customize(path: list[str]) -> None:
    """Run a `sitecustomize.py` on the fork's own path, and begin to measure coverage, as a new process does."""
    if any(Path(folder, "sitecustomize.py").exists() for folder in path):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        importlib.import_module("coverage").process_startup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--path"]:
        main(sys.argv[3:], [folder for folder in sys.argv[2].split(os.pathsep) if folder])
    else:
        main(sys.argv[1:], [])
