"""Which test files are measured: those that call the project's code in their own process, or start Python themselves.

Left out, because what they test runs elsewhere (in the emulator, on a server, in an environment without coverage.py) or
because they repeat the same lines for minutes: deployment, failover, faults, isolation, released, bench, and the files
at the top of tests/. Single tests that use an installation or a browser are left out by plugin.py.
"""

from pathlib import Path

FOLDERS = (
    "availability",
    "aws_models",
    "cli",
    "costs",
    "creation",
    "custom_resources",
    "deployer",
    "diff",
    "doctor",
    "editor",
    "expansion",
    "explain",
    "flat",
    "inline",
    "instance",
    "policies",
    "quoting",
    "reference",
    "service_levels",
    "well_architected",
)
# Files that take minutes and run no line that the others don't; those of flat/ deploy to the emulator.
LONG = frozenset(
    {
        "tests/aws_models/test_random_sites.py",
        "tests/aws_models/test_templates.py",
        "tests/cli/test_documentation.py",
        "tests/cli/test_published_templates.py",
        "tests/custom_resources/test_saved_site_in_browser.py",
        "tests/expansion/test_regular_expressions.py",
        "tests/flat/test_deployment.py",
        "tests/flat/test_flat_template.py",
        "tests/flat/test_ready_templates.py",
        "tests/instance/test_hostile_values.py",
    }
)
# Files that compare a whole text with a committed one. They notice every change, whether it is wrong or not, and the
# person who writes the texts anew decides.
SNAPSHOTS = frozenset(
    {
        "tests/availability/test_command.py",
        "tests/expansion/test_goldens.py",
        "tests/reference/test_commands_page.py",
        "tests/reference/test_reference.py",
    }
)
# What a test's fixtures must not include: an installation runs the macro and the functions in the emulator.
ELSEWHERE = frozenset({"installation", "ireland", "browser"})
SOURCES = ("macros/resilient_website", "custom_resources", "cli")


def files(root: Path) -> list[str]:
    """Return the paths of the test files, relative to the project.

    Raises FileNotFoundError if a file that is listed here has been renamed or removed.
    """
    if lost := sorted(name for name in LONG | SNAPSHOTS if not (root / name).is_file()):
        raise FileNotFoundError(f"tools/coverage/suite.py lists {', '.join(lost)}: correct the list")
    found = (path for folder in FOLDERS for path in (root / "tests" / folder).rglob("test_*.py"))
    return sorted(name for path in found if (name := path.relative_to(root).as_posix()) not in LONG | SNAPSHOTS)


def package(path: str) -> str:
    """Return the package in the tables that a source file belongs to, as in `custom_resources/shared`."""
    parts = Path(path).parts
    source = next(source for source in SOURCES if path.startswith(f"{source}/"))
    inner = parts[len(Path(source).parts) : -1]
    return "/".join((source, *inner[:1]))
