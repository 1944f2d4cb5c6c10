"""What tests share: an emulator with the macro installed, one for each worker."""

import atexit
import fcntl
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies

from tests import installer_packages
from tests.command_process import SCRIPT, run_python
from tests.hypothesis_profile import DEFAULT_EXAMPLES, FACTOR, WITHOUT_SHRINKING, scaled
from tests.kept_by_run import keep_in
from tests.sites import Installation
from tests.xdist_order import COMPUTING, WAITING, in_order
from tests.xdist_order import ROOT as TESTS
from tools.emulator.endpoint import Emulator
from tools.forking.template import SHARED_TEMPLATES
from tools.repository import ROOT

# A busy machine is no failure of a law. The examples are the same in each run of the same code, so that no run fails by
# chance; `make fuzz` looks for others. Hypothesis also draws constants of the modules that are loaded, so that a change
# of one can change examples. The first law of a process makes the draws that all share (`expansion/shared_draws.py`),
# which is a law in a law.
settings.register_profile(
    "tests",
    deadline=None,
    derandomize=FACTOR <= 1,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.nested_given],
    max_examples=scaled(DEFAULT_EXAMPLES),
)
# To see only that a law fails, and for what: `--hypothesis-profile unshrunk`.
settings.register_profile("unshrunk", parent=settings.get_profile("tests"), phases=WITHOUT_SHRINKING)
settings.load_profile("tests")

# A worker holds hundreds of megabytes of schemas and expansions that never become garbage. Python's collector would
# look through all of them every few seconds, which takes a fifth of the tests' time.
gc.set_threshold(300_000, 20, 100)

# What the installer tells the macro's function.
os.environ["FUNCTIONS_LAYER_ARN"] = "arn:aws:lambda:us-east-1:123456789012:layer:ResilientWebsite-functions:1"

# Reports are not wrapped, so that tests find their words. Tests of the usual width remove it.
os.environ["COLUMNS"] = "140"

# A job in a shell's background ignores SIGINT, and so would every process that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which need not be there
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `--numprocesses auto` starts: two more than there are processors.

    Many tests wait, for failures to pass or for a stack. No more than that: a worker with its emulator and what they
    start takes up to 2.5 GB of memory.
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return available + 2


def pytest_configure(config: pytest.Config) -> None:
    """Let the workers of a run share draws and expansions, which `make fuzz` has others of in each law; and imports."""
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    if worker:
        atexit.register(os._exit, 0)  # once all that is registered from now on has been called
        run = Path(config.option.basetemp).parent
        if FACTOR <= 1:
            keep_in(run / "kept")
        templates = run / "templates"
        templates.mkdir(exist_ok=True)
        os.environ[SHARED_TEMPLATES] = str(templates)
    if worker and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.args = _from_another_place(int(worker["workerid"].removeprefix("gw")) / worker["workercount"])


def _from_another_place(share: float) -> list[str]:
    """Return the folders and files of tests, in turn from the one at this share of their list.

    Each worker begins at another one. In a new checkout, they compile different files at the same time, and import what
    the others have compiled: each would compile all of it, which takes as long as importing it.
    """
    places = sorted(path for path in TESTS.iterdir() if path.match("test_*.py") or any(path.rglob("test_*.py")))
    begin = int(len(places) * share)
    return [str(path) for path in places[begin:] + places[:begin]]


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, in the process that starts the workers
def pytest_testnodeready() -> None:
    """Have Hypothesis write its table of characters while the workers collect tests: else each makes it by itself."""
    strategies.characters(codec="utf-8").validate()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Set aside what a worker has imported, which stays: else it is half a second to look through, several times."""
    if hasattr(session.config, "workerinput"):
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Set what is left aside once pytest has looked through it for errors of `__del__`.

    Pytest would look again, and Python at its end, which takes up to a second each time. But novasvg, with which
    `explain` measures texts, then finds objects of its own at Python's end, and writes a list of them. A worker ends
    before (`pytest_configure`); pytest alone lets Python look again.
    """
    if hasattr(config, "workerinput") or "novasvg" not in sys.modules:
        gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Let files begin in the order of xdist_order.py, in each worker; within one, pytest brings fixtures together."""
    lost = [name for name in (*WAITING, *COMPUTING) if not (TESTS / name).is_file()]
    assert not lost, f"tests/xdist_order.py names what is not there: {lost}"
    places = {path: place for place, path in enumerate(in_order(sorted(item.path for item in items)))}
    items.sort(key=lambda item: places[item.path])
    yield
    items.sort(key=lambda item: places[item.path])


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(unpacked=shared_folder(tmp_path_factory) / "unpacked") as running:
        yield running


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run, for all of its workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def installation(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the macro in a fresh account by `sam build` and `sam deploy` with the project's own samconfig.toml.

    The first worker of a run does; the others deploy what it has built without SAM, which takes a quarter of the time.
    """
    shared = shared_folder(tmp_path_factory)
    installed = Installation(emulator, "100000000001", ROOT, build=shared / "build")
    with (shared / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_first = not installed.build.exists()
        if is_first:
            # Under another name first: if it fails, nothing incomplete is shared. Beside it: it has relative paths.
            unfinished = installed.build.with_name("unfinished-build")
            installed.sam("build", "--build-dir", str(unfinished), "--no-cached")
            installer_packages.make(unfinished)
            unfinished.rename(installed.build)
    if is_first:
        installed.install()
    else:
        installer_packages.install(installed)
    return installed


@pytest.fixture(scope="session")
def ireland(installation: Installation, emulator: Emulator) -> Installation:
    """Install the macro with its custom resources in eu-west-1 too."""
    installed = Installation(emulator, installation.account, ROOT, build=installation.build, region="eu-west-1")
    installer_packages.install(installed)
    return installed


@pytest.fixture(scope="session", params=sorted(path.name for path in (ROOT / "examples").glob("*.yaml")))
def example(request: pytest.FixtureRequest) -> Path:
    """Each example in turn."""
    path: Path = ROOT / "examples" / request.param
    return path


@pytest.fixture
def command_line() -> "CommandLine":
    return CommandLine()


class CommandLine:
    """Runs build_templates.py as its user does."""

    def __call__(self, *arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return run_python([SCRIPT, *map(str, arguments)], environment, folder=cwd)
