"""The process that others are forked from, as the processes see it that start forks. It runs `server.py`."""

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

SERVER = Path(__file__).with_name("server.py")
# What a template must not have: its forks have their own, and some of it counts when a module is imported.
FOREIGN = ("AWS_", "BOTO", "COVERAGE_", "PYTHONPATH", "SSL_CERT_", "TMPDIR")
# Names a folder in which processes share their templates, such as all those of one run of the tests.
SHARED_TEMPLATES = "SHARED_TEMPLATES"
# The longest name of a socket (unix(7)), without the zero that ends it.
MAX_ADDRESS_LENGTH = 107


class Template:
    """The process that forks. It starts with the first fork, and ends with this process or when it is closed.

    It imports the modules. They are those that are installed beside `python`, if no `path` has the folders of others.
    With a `parent` it is itself a fork of another, which has all of that one's modules; its own forks do not have
    `path` on theirs.

    If it is `shared`, all processes that find the same folder in the variable SHARED_TEMPLATES have one with the same
    modules. Their forks end with them, and with this object.
    """

    def __init__(
        self,
        modules: Sequence[str] = ("boto3", "botocore.handlers"),
        *,
        path: Sequence[Path] = (),
        python: str = sys.executable,
        parent: "Template | None" = None,
        shared: bool = False,
    ) -> None:
        self._modules = modules
        self._path = path
        self._python = python
        self._parent = parent
        self._shared = shared
        self._starting = threading.Lock()
        self._control: socket.socket | None = None
        # What waits for the end of the process that was started, and what is not waited for, since others share it.
        self._wait: Callable[[], object] = lambda: None
        self._shared_end: Callable[[], object] | None = None

    def fork(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str],
        folder: str,
        streams: Sequence[int],
        *,
        new_session: bool = False,
        outlives: bool = False,
    ) -> tuple[socket.socket, int]:
        """Start a process with Python's arguments; return the socket that gets its exit status, and its id.

        With `new_session` it leads a process group. It `outlives` this process if several share the template, or none.
        """
        asked = {"arguments": list(arguments), "env": dict(env), "folder": folder}
        request = json.dumps({**asked, "new_session": new_session, "outlives": outlives}).encode()
        caller, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            socket.send_fds(self._started(), [request], [*streams, other.fileno()])
        pid = caller.recv(64)
        if not pid:
            raise RuntimeError("the process that is forked has ended: see its standard error")
        return caller, int(pid)

    def close(self) -> None:
        """End the process that forks, if it is not shared; its forks go on."""
        with self._starting:
            if self._control:
                self._control.close()
                self._control = None
                self._wait()

    def _started(self) -> socket.socket:
        with self._starting:
            if self._control is None:
                address = self._address()
                self._control = self._connection(address) if address else self._own()
            return self._control

    def _own(self) -> socket.socket:
        """Start a process for this one alone."""
        control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._wait = self._start(other.fileno())
        return control

    def _address(self) -> Path | None:
        """Return where the shared process listens; None if it is not shared."""
        folder = os.environ.get(SHARED_TEMPLATES)
        if not folder or not self._shared:
            return None
        made_of = repr((self._python, list(self._modules), list(map(str, self._path)), bool(self._parent)))
        address = Path(folder, hashlib.sha256(made_of.encode()).hexdigest()[:16])
        return address if len(os.fsencode(address)) <= MAX_ADDRESS_LENGTH else None

    def _connection(self, address: Path) -> socket.socket:
        """Connect to the process that listens at an address, or start it."""
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with address.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                control.connect(str(address))
            except (FileNotFoundError, ConnectionRefusedError):
                address.unlink(missing_ok=True)
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                    listener.bind(str(address))
                    listener.listen()
                    control.connect(str(address))
                    # This process may be killed with all of its group.
                    self._shared_end = self._start(listener.fileno(), new_session=True)
        return control

    def _start(self, control: int, *, new_session: bool = False) -> Callable[[], object]:
        """Start the process that a socket controls; return what waits for its end."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        path = os.pathsep.join(map(str, self._path))
        if self._parent is None:
            env |= {"PYTHONPATH": path} if path else {}
            arguments = [self._python, "-P", str(SERVER), *self._modules]
            return subprocess.Popen(arguments, env=env, stdin=control, start_new_session=new_session).wait
        # So that no module finds a developer's AWS account while it is imported.
        env |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        arguments = ["-P", str(SERVER), "--path", path, *self._modules]
        streams = [control, 1, 2]
        ended, _ = self._parent.fork(arguments, env, str(Path.cwd()), streams, new_session=new_session, outlives=True)
        return lambda: ended.recv(64)


@cache
def boto3_template() -> Template:
    """Return the process that has imported boto3, the same each time; others can be forks of it."""
    return Template(shared=True)
