"""How long the import of the macro's handler takes, as macros/Makefile packages it for Lambda, beside that of boto3.

With unchecked-hash bytecode, which Python does not compare with its source, and only the libraries in
macros/requirements.txt.
"""

import compileall
import importlib.util
import py_compile
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.bench.timing import process, process_errors, python
from tools.repository import ROOT

# The modules and packages of macros/requirements.txt, as far as they are installed here; tzdata is data.
LIBRARIES = ("troposphere", "cfn_flip", "cfn_tools", "cfn_clean", "yaml", "_yaml", "six", "tzdata")
HEAVY = ("yaml", "click", "boto3")

IMPORT = """
import sys, time
started = time.process_time()
import {module}
print(1000 * (time.process_time() - started), *sorted({heavy} & set(sys.modules)))
"""


@dataclass(frozen=True)
class Import:
    """The fastest of several imports, in milliseconds of the processor's time, and the heavy modules that it loads."""

    milliseconds: float
    heavy: tuple[str, ...]


def package(folder: Path) -> None:
    """Write the macro's package into an empty folder."""
    shutil.copytree(ROOT / "macros" / "resilient_website", folder / "resilient_website", ignore=_bytecode)
    for name in LIBRARIES:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            continue
        source = Path(found.origin)
        if source.name == "__init__.py":
            shutil.copytree(source.parent, folder / name, ignore=_bytecode)
        else:
            shutil.copy(source, folder)
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def imports(folder: Path, runs: int) -> tuple[Import, Import]:
    """Return the imports of the packaged handler and of boto3, made in turns; `folder` is empty."""
    package(folder)
    handlers, others = [], []
    for _ in range(runs):
        handlers.append(_import(folder, "resilient_website.handler"))
        others.append(_read(python("-c", IMPORT.format(module="boto3", heavy={*HEAVY}))))
    return min(handlers, key=_milliseconds), min(others, key=_milliseconds)


def import_times(folder: Path) -> str:
    """Return what `python -X importtime` writes of the packaged handler's import."""
    code = "import resilient_website.handler"
    return process_errors([sys.executable, "-S", "-X", "importtime", "-c", code], {"PYTHONPATH": str(folder)})


def _import(folder: Path, module: str) -> Import:
    # Without site-packages (-S), and without what the environment adds (no -E: the path comes from it).
    code = IMPORT.format(module=module, heavy={*HEAVY})
    return _read(process([sys.executable, "-S", "-c", code], environment={"PYTHONPATH": str(folder)}))


def _read(line: str) -> Import:
    milliseconds, *heavy = line.split()
    return Import(float(milliseconds), tuple(heavy))


def _milliseconds(measured: Import) -> float:
    return measured.milliseconds


def _bytecode(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]
