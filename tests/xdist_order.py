"""Which test files begin first: the slowest, so that no worker is left with a long one when the others have ended.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it does not reorder them by the number of
their tests (`--no-loadscope-reorder`).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# From a minute and a half down to a quarter of one; what is faster fills the gaps. What mostly waits and what mostly
# computes take turns, since there are more workers than processors.
SLOWEST = (
    "failover/test_failures.py",
    "night/test_night.py",
    "expansion/test_examples.py",
    "deployment/test_updates_of_stores.py",
    "reference/test_reference.py",
    "faults/test_faults.py",
    "deployment/test_update_rollbacks.py",
    "deployment/test_updates.py",
    "expansion/test_laws_of_second_region.py",
    "deployment/test_updates_of_names.py",
    "diff/test_change_sets.py",
    "cli/test_check_command.py",
    "cli/test_documentation.py",
    "cli/test_switch.py",
    "deployment/test_installer_life.py",
    "custom_resources/test_origin_secret.py",
    "isolation/test_isolation.py",
    "custom_resources/test_database_secret.py",
    "deployment/test_examples.py",
    "custom_resources/test_saved_site_in_browser.py",
    "flat/test_flat_template.py",
    "test_demo.py",
    "released/test_second_version.py",
    "flat/test_deployment.py",
    "failover/test_lost_region.py",
    "deployment/test_second_region_data.py",
    "deployment/test_second_region.py",
    "deployment/test_second_region_vpc_origins.py",
    "deployment/test_switch.py",
    "custom_resources/remote_stack/test_aws_errors.py",
    "expansion/test_laws_of_operation.py",
    "deployment/test_other_region.py",
    "flat/test_moves.py",
    "deployment/test_teardown.py",
    "diff/test_laws.py",
    "custom_resources/test_saved_site_publication.py",
    "custom_resources/test_cloudformation_answer.py",
    "test_installer.py",
    "aws_models/test_random_sites.py",
    "custom_resources/test_fallback_site_process.py",
    "instance/test_hostile_values.py",
    "custom_resources/test_certificate_stack.py",
    "cli/test_stackset_command.py",
    "test_emulator.py",
    "cli/test_publish.py",
    "availability/test_other_templates.py",
    "flat/test_ready_templates.py",
    "availability/test_saved_pages.py",
    "aws_models/test_longest_lists.py",
    "diff/test_edges.py",
    "expansion/test_broken_sites.py",
    "instance/test_sample_app.py",
    "test_checkov.py",
    "availability/test_laws.py",
    "custom_resources/test_saved_site_process.py",
    "diff/test_neighbours.py",
    "expansion/test_regular_expressions.py",
    "reference/test_catalogue.py",
    "expansion/test_hostile_templates.py",
    "deployment/test_first_release.py",
    "cli/test_init.py",
    "flat/test_inline_functions.py",
    "diff/test_command.py",
    "cli/test_check_stores.py",
)


def place(path: Path) -> int:
    """Return a file's place in the order; files that are not listed come last, in their original order."""
    return _PLACES.get(path, len(SLOWEST))


_PLACES = {ROOT / name: number for number, name in enumerate(SLOWEST)}
