"""Which test files begin first: the slowest, so that no worker is left with a long one when the others have ended.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it does not reorder them by the number of
their tests (`--no-loadscope-reorder`).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# From three minutes down to a third of one; what is faster fills the gaps.
SLOWEST = (
    "aws_models/test_random_sites.py",
    "deployment/test_updates.py",
    "faults/test_faults.py",
    "reference/test_reference.py",
    "isolation/test_isolation.py",
    "deployment/test_update_rollbacks.py",
    "expansion/test_examples.py",
    "cli/test_check_command.py",
    "instance/test_hostile_values.py",
    "diff/test_change_sets.py",
    "custom_resources/test_origin_secret.py",
    "deployment/test_installer_life.py",
    "failover/test_failures.py",
    "flat/test_flat_template.py",
    "custom_resources/test_certificate_stack.py",
    "custom_resources/test_database_secret.py",
    "cli/test_documentation.py",
    "diff/test_command.py",
    "custom_resources/test_saved_site_in_browser.py",
    "cli/test_publish.py",
    "cli/test_stackset_command.py",
    "custom_resources/remote_stack/test_aws_errors.py",
    "flat/test_deployment.py",
    "deployment/test_other_region.py",
    "flat/test_moves.py",
    "test_demo.py",
    "test_emulator.py",
    "instance/test_sample_app.py",
    "custom_resources/test_fallback_site_process.py",
    "expansion/test_laws_of_templates.py",
    "custom_resources/test_saved_site_publication.py",
    "flat/test_ready_templates.py",
    "test_installer.py",
    "test_command_line.py",
    "deployment/test_teardown.py",
    "deployment/test_availability_model.py",
    "expansion/test_regular_expressions.py",
    "custom_resources/test_saved_site_process.py",
    "diff/test_laws.py",
    "cli/test_check_stores.py",
    "diff/test_neighbours.py",
    "deployment/test_examples.py",
    "flat/test_inline_functions.py",
    "availability/test_laws.py",
    "expansion/test_broken_sites.py",
    "expansion/test_laws_of_security.py",
)


def place(path: Path) -> int:
    """Return a file's place in the order; files that are not listed come last, in their original order."""
    return _PLACES.get(path, len(SLOWEST))


_PLACES = {ROOT / name: number for number, name in enumerate(SLOWEST)}
