"""Runs each test file in its own process under coverage.py, and reads what was measured."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.coverage.plugin import WRITES
from tools.coverage.suite import SOURCES
from tools.coverage.workspace import environment
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.repository import ROOT

DATA = ROOT / "build" / "coverage" / "data"
# A file that takes longer is not waited for.
LIMIT_SECONDS = 900
# What the tests and the project import of others. A fork of a process that has imported them starts without these
# imports, which take longer than the tests of most files.
LIBRARIES = (
    "boto3",
    "botocore.client",
    "bs4",
    "cfnlint",
    "click",
    "cryptography.x509",
    "hypothesis",
    "networkx",
    "pytest",
    "rich.table",
    "sympy",
    "troposphere",
    "trustme",
    "yaml",
)
RUN = "import sys; from coverage.cmdline import main; sys.exit(main())"
OPTIONS = ("-p", "tools.coverage.plugin", "-p", "no:cacheprovider", "-q", "--tb=line", "--no-header")


@dataclass(frozen=True)
class MeasuredFile:
    """One test file: `seconds` from the start of its process to the end, and its tests' outcomes and seconds.

    `digest` is that of the test file, and of everything that it may import.
    """

    name: str
    seconds: float
    tests: dict[str, tuple[str, float]]
    output: str
    digest: str = ""

    @property
    def failed(self) -> list[str]:
        """Return the tests that failed, or the file if no test of it could run."""
        return [name for name, (outcome, _) in self.tests.items() if outcome == "failed"]


def measure(folder: Path, names: Iterable[str], data: Path, processes: int) -> list[MeasuredFile]:
    """Run the test files of a copy of the project, write coverage.py's data to a file, and return what was run.

    Each file has its own process, so that it can't use what another file's tests have left in a cache. Lines are
    labeled with `file|test`, or with `file` alone if they are executed on import, or in a process that a test starts.
    What has been measured into the same folder is kept, as long as the test file and what it may import stay the same.
    """
    parts = data.parent / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    imported = _imported(folder)
    template = Template(LIBRARIES)
    try:
        with ThreadPoolExecutor(processes) as pool:
            measured = list(pool.map(lambda name: _measured(template, folder, name, parts, imported), names))
    finally:
        template.close()
    found = [str(path) for one in measured for path in sorted(parts.glob(f".coverage.{_label(one.name)}.*"))]
    combine = ["combine", "--keep", "--quiet", f"--data-file={data}", f"--rcfile={folder / 'pyproject.toml'}"]
    subprocess.run([sys.executable, "-m", "coverage", *combine, *found], cwd=folder, check=True)
    data.with_name(f"{data.name}-tests.json").write_text(json.dumps([asdict(one) for one in measured]))
    return measured


def read(data: Path) -> list[MeasuredFile]:
    """Return what `measure` returned when it wrote a file."""
    return [MeasuredFile(**one) for one in json.loads(data.with_name(f"{data.name}-tests.json").read_text())]


def _label(name: str) -> str:
    return name.replace("/", ".")


def _digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def _imported(folder: Path) -> str:
    """Return the digest of what tests may import: the sources, the tools, and what tests share."""
    found = (path for source in (*SOURCES, "tools", "tests") for path in (folder / source).rglob("*.py"))
    measuring = {folder / "tools" / name for name in ("coverage", "mutation")}
    return _digest(path for path in found if not path.name.startswith("test_") and not measuring & {*path.parents})


def _measured(template: Template, folder: Path, name: str, parts: Path, imported: str) -> MeasuredFile:
    """Measure a test file, or return what was measured of the same one before."""
    digest = f"{_digest([folder / name])} {imported}"
    written = parts / f"{_label(name)}.measured.json"
    if written.exists() and (found := MeasuredFile(**json.loads(written.read_text()))).digest == digest:
        return found
    measured = _measure_file(template, folder, name, parts, digest)
    written.write_text(json.dumps(asdict(measured)))
    return measured


def _measure_file(template: Template, folder: Path, name: str, parts: Path, digest: str) -> MeasuredFile:
    """Run a test file under coverage, and return its tests and output. Data of an earlier run is removed."""
    label = _label(name)
    for path in parts.glob(f".coverage.{label}.*"):
        path.unlink()
    written = parts / f"{label}.json"
    variables = {**environment(folder), WRITES: str(written), "COVERAGE_FILE": str(parts / f".coverage.{label}")}
    settings = (f"--rcfile={folder / 'pyproject.toml'}", "--parallel-mode", f"--context={name}")
    begun = time.perf_counter()
    process = ForkedProcess(
        template,
        ["-P", "-c", RUN, "run", *settings, "-m", "pytest", *OPTIONS, name],
        variables,
        folder=folder,
        stderr=subprocess.STDOUT,
    )
    try:
        output = process.communicate(timeout=LIMIT_SECONDS)[0][-3000:]
    except subprocess.TimeoutExpired:
        process.kill()
        output = f"not finished after {LIMIT_SECONDS} seconds"
    tests = json.loads(written.read_text()) if written.exists() else {}
    print(f"{time.perf_counter() - begun:6.1f} s  {len(tests):5} tests  {name}", file=sys.stderr, flush=True)
    return MeasuredFile(name, time.perf_counter() - begun, tests, output, digest)


def processors() -> int:
    """Return how many processes can run at once."""
    return os.cpu_count() or 1
