"""Which test files begin first: the slowest, so that no worker is left with a long one when the others have ended.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it is told not to reorder them by the number of
their tests (`--no-loadscope-reorder`).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# From a minute down to a quarter of one; what is faster fills the gaps.
SLOWEST = (
    "reference/test_reference.py",
    "faults/test_faults.py",
    "aws_models/test_random_sites.py",
    "deployment/test_update_rollbacks.py",
    "launch/test_publish.py",
    "deployment/test_updates.py",
    "flat/test_flat_template.py",
    "custom_resources/test_fallback_site_process.py",
    "expansion/test_examples.py",
    "failover/test_failures.py",
    "custom_resources/test_origin_secret.py",
    "launch/test_check_command.py",
    "launch/test_documentation.py",
    "launch/test_deployer_policy_command.py",
    "custom_resources/test_database_secret.py",
    "diff/test_laws.py",
    "test_demo.py",
    "diff/test_command.py",
    "test_installer.py",
    "diff/test_change_sets.py",
    "availability/test_laws.py",
    "launch/test_init.py",
    "test_command_line.py",
    "expansion/test_broken_sites.py",
    "custom_resources/test_saved_site_in_browser.py",
    "custom_resources/test_saved_site_process.py",
    "deployment/test_refusals.py",
    "launch/test_stackset_command.py",
    "availability/test_command.py",
    "flat/test_deployment.py",
    "custom_resources/remote_stack/test_aws_errors.py",
    "flat/test_inline_functions.py",
    "custom_resources/certificate/test_failures.py",
    "test_checkov.py",
)


def place(path: Path) -> int:
    """Return where a file stands in the order; those that are not named come last, as they were found."""
    return _PLACES.get(path, len(SLOWEST))


_PLACES = {ROOT / name: number for number, name in enumerate(SLOWEST)}
