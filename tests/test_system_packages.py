"""`make test` installs system packages only if it may, and says which."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tools.repository import ROOT

SCRIPT = ROOT / "tests" / "tools" / "system_packages.sh"
PROGRAMS = (
    "chromium-headless-shell",
    "mariadbd",
    "mariadb",
    "redis-server",
    "memcached",
    "systemctl",
    "nginx",
    "php-fpm8.2",
)
# Programs of the system that the script runs.
NEEDED = ("bash", "env", "chmod", "rm")


class Machine:
    """A folder with all programs that the script sees, and the calls of its apt-get."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.policy = folder / "policy-rc.d"
        self.wordpress = folder / "wordpress"
        for made in (self.programs, self.wordpress):
            made.mkdir()
        (self.wordpress / "wp-settings.php").touch()
        for name in NEEDED:
            found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
            (self.programs / name).symlink_to(found)
        self.program("npm", "true")
        self.program("node", "echo 22")
        self.program("id", "echo 0")
        self.program("apt-get", f'echo "$@" >> {self.calls}; test -e {self.policy}')
        for name in PROGRAMS:
            self.program(name, "true")
        self.lose("redis-server")

    def program(self, name: str, does: str) -> None:
        path = self.programs / name
        path.write_text(f"#!{self.programs}/bash\n{does}\n", encoding="utf-8")
        path.chmod(0o755)

    def lose(self, name: str) -> None:
        (self.programs / name).unlink()

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": str(self.programs), "POLICY": str(self.policy), "WORDPRESS": str(self.wordpress), **variables}

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / "bash", SCRIPT],
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def run_on_terminal(self, answer: str, **variables: str) -> tuple[int, str]:
        """Return the exit status and what the script writes, on a terminal where the user answers."""
        user, terminal = pty.openpty()
        with subprocess.Popen(
            [self.programs / "bash", SCRIPT],
            env=self.environment(**variables),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        ) as process:
            os.close(terminal)
            os.write(user, answer.encode())
            written = b""
            while part := _read(user):
                written += part
            status = process.wait(timeout=60)
        os.close(user)
        return status, written.decode()

    @property
    def installed(self) -> str:
        return self.calls.read_text(encoding="utf-8") if self.calls.exists() else ""


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # The last process that had the terminal open has ended.
        return b""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if Path("/usr/sbin/redis-server").exists():
        pytest.fail("the script would find the machine's own redis-server in /usr/sbin")
    return Machine(tmp_path)


def test_nothing_is_said_if_nothing_is_missing(machine: Machine) -> None:
    machine.program("redis-server", "true")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr, machine.installed) == (0, "", "", "")


@pytest.mark.parametrize("variables", [{}, {"CI": "1"}, {"CI": "true"}, {"INSTALL_PACKAGES": "yes"}])
def test_without_a_terminal_it_installs_and_says_what(machine: Machine, variables: dict[str, str]) -> None:
    done = machine.run(**variables)
    assert (done.returncode, done.stderr) == (0, "Installing with apt-get, for the tests: redis-server\n")
    assert machine.installed.splitlines()[-1].endswith("--yes --no-install-recommends redis-server")
    assert not machine.policy.exists()


def test_wordpress_is_missed_by_its_files(machine: Machine) -> None:
    machine.program("redis-server", "true")
    (machine.wordpress / "wp-settings.php").unlink()
    assert machine.run().returncode == 0
    assert machine.installed.endswith("php wordpress wordpress-theme-twentytwentythree\n")


@pytest.mark.parametrize("answer", ["y\n", "yes\n", "Y\n"])
def test_on_a_terminal_it_asks_first(machine: Machine, answer: str) -> None:
    status, written = machine.run_on_terminal(answer)
    assert status == 0
    assert "The tests need redis-server. Install with apt-get? [y/N]" in written
    assert "redis-server" in machine.installed


@pytest.mark.parametrize("answer", ["n\n", "\n", "later\n", "\x04"])
def test_any_other_answer_installs_nothing_and_prints_the_command(machine: Machine, answer: str) -> None:
    status, written = machine.run_on_terminal(answer)
    assert (status, machine.installed) == (1, "")
    assert "Run: apt-get install --no-install-recommends redis-server" in written


def test_ci_with_a_terminal_is_not_asked(machine: Machine) -> None:
    status, written = machine.run_on_terminal("", CI="1")
    assert (status, "[y/N]" in written) == (0, False)
    assert "redis-server" in machine.installed


def test_installation_can_be_forbidden(machine: Machine) -> None:
    done = machine.run(CI="1", INSTALL_PACKAGES="no")
    assert (done.returncode, machine.installed) == (1, "")
    assert done.stderr == "The tests need redis-server. Run: apt-get install --no-install-recommends redis-server\n"


def test_other_users_get_the_command(machine: Machine) -> None:
    machine.program("id", "echo 1000")
    done = machine.run(INSTALL_PACKAGES="yes")
    assert (done.returncode, machine.installed) == (1, "")
    assert "On Debian: sudo apt-get install --no-install-recommends redis-server" in done.stderr


@pytest.mark.parametrize("broken", ["absent", "old"])
def test_node_is_not_installed(machine: Machine, broken: str) -> None:
    if broken == "old":
        machine.program("node", "echo 18")
    else:
        machine.lose("npm")
    done = machine.run()
    assert (done.returncode, machine.installed) == (1, "")
    assert "Node.js" in done.stderr
    assert "20 or newer" in done.stderr
