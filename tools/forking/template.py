"""The process that is forked. It imports modules once; each fork then becomes a process of its own.

`python -P template.py [--path FOLDERS] MODULE...`, with a socket as standard input. The folders are for the modules
only: its forks do not look there. With boto3 among the modules, botocore's models are read as well
(`aws_models.py`). A message on the socket is a fork to start: JSON with `arguments` (as of `python`), `env`,
`folder` and `new_session` (whether it leads a process group), and four descriptors: standard input, output and error,
and a socket that gets the process id and, when the fork has ended, its exit status. Ends when the socket is closed.

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


@dataclass(frozen=True)
class Request:
    """What a fork becomes."""

    arguments: list[str]
    env: dict[str, str]
    folder: str
    new_session: bool
    streams: list[int]


def main(modules: list[str], path: list[str]) -> None:
    """Import the modules and start forks. In a fork, run what was asked for."""
    base = list(sys.path)
    sys.path[:0] = path
    for name in modules:
        importlib.import_module(name)
    if "boto3" in modules:
        _read_models()
    # What is there stays: a fork's collector need not look through it, which would copy its memory.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
        request = _serve(control)
    if request:
        signal.signal(signal.SIGINT, interrupted)
        _become(request, base)


def _read_models() -> None:
    """Run `aws_models.py`, which no fork is to find on its path or among its modules."""
    path = Path(__file__).with_name("aws_models.py")
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(path.read_bytes(), str(path), "exec"), names)  # noqa: S102  # this package's own
    names["read"]()


def _serve(control: socket.socket) -> Request | None:
    """Start a fork for each message; return its request in a fork, and None at the end."""
    ended, ends = os.pipe()
    for descriptor in (ended, ends):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ends)
    forks: dict[int, socket.socket] = {}
    while True:
        readable, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in readable:
            with suppress(BlockingIOError):
                os.read(ended, MAX_REQUEST_BYTES)
            _report(forks)
        if control.fileno() in readable:
            message, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, _DESCRIPTORS)
            if not message:
                return None
            caller = socket.socket(fileno=descriptors.pop())
            pid = os.fork()
            if not pid:
                _let_go([ended, ends], [caller, *forks.values()])
                return Request(**json.loads(message), streams=descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            forks[pid] = caller
            _tell(caller, pid)


def _let_go(pipe: list[int], callers: list[socket.socket]) -> None:
    """Close in a fork what only the process that forks needs."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in pipe:
        os.close(descriptor)
    for caller in callers:
        caller.close()


def _report(forks: dict[int, socket.socket]) -> None:
    """Tell the callers of forks that have ended their exit status."""
    for pid, caller in list(forks.items()):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            _tell(caller, os.waitstatus_to_exitcode(status))
            forks.pop(pid).close()


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
    _measure()
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
    """End as Python does, but for taking its objects apart: that would copy all the memory shared with the template.

    `multiprocessing` ends its forks in the same way.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _code(arguments: list[str]) -> tuple[types.CodeType, list[str]]:
    """Return the code that Python's arguments name, and what it puts first on the path. Sets `sys.argv`."""
    rest = list(arguments)
    safe = rest[0] == "-P"
    if safe:
        rest.pop(0)
    if rest[0] == "-c":
        sys.argv = ["-c", *rest[2:]]
        return compile(rest[1], "<string>", "exec"), [] if safe else [""]
    sys.argv = rest
    script = Path(rest[0])
    return compile(script.read_bytes(), str(script), "exec"), [] if safe else [str(script.resolve().parent)]


def _customize(path: list[str]) -> None:
    """Run a `sitecustomize.py` on the fork's own path, as a new process of Python does."""
    if any(Path(folder, "sitecustomize.py").exists() for folder in path):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")


def _measure() -> None:
    """Begin to measure coverage if it is measured, as its `.pth` file does in a new process."""
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        importlib.import_module("coverage").process_startup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--path"]:
        main(sys.argv[3:], [folder for folder in sys.argv[2].split(os.pathsep) if folder])
    else:
        main(sys.argv[1:], [])
