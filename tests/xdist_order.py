"""Which test files begin first: the slowest, so that no worker is left with a long one when the others have ended.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it does not reorder them by the number of
their tests (`--no-loadscope-reorder`).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# From a minute and a half down to a quarter of one; what is faster fills the gaps. What mostly waits and what mostly
# computes take turns, since there are more workers than processors.
SLOWEST = (
    "reference/test_reference.py",
    "failover/test_failures.py",
    "faults/test_faults.py",
    "test_linter.py",
    "night/test_night.py",
    "deployment/test_updates_of_stores.py",
    "instance/test_hostile_values.py",
    "deployment/test_update_rollbacks.py",
    "deployment/test_updates.py",
    "isolation/test_isolation.py",
    "cli/test_documentation.py",
    "deployment/test_updates_of_names.py",
    "aws_models/test_random_sites.py",
    "diff/test_change_sets.py",
    "deployment/test_first_release.py",
    "expansion/test_regular_expressions.py",
    "instance/test_wordpress.py",
    "deployment/test_prove.py",
    "test_demo.py",
    "cli/test_check_command.py",
    "deployment/test_installer_life.py",
    "cli/test_switch.py",
    "custom_resources/test_origin_secret.py",
    "expansion/test_laws_of_second_region.py",
    "custom_resources/test_database_secret.py",
    "test_checkov.py",
    "deployment/test_examples.py",
    "flat/test_flat_template.py",
    "failover/test_lost_region.py",
    "deployment/test_second_region_data.py",
    "deployment/test_second_region.py",
    "deployment/test_second_region_vpc_origins.py",
    "custom_resources/test_saved_site_in_browser.py",
    "availability/test_copies.py",
    "deployment/test_operations.py",
    "cli/test_stackset_command.py",
    "explain/test_report.py",
    "deployment/test_switch.py",
    "diff/test_laws.py",
    "flat/test_deployment.py",
    "test_installer.py",
    "expansion/test_broken_sites.py",
    "released/test_second_version.py",
    "custom_resources/remote_stack/test_aws_errors.py",
    "expansion/test_laws_of_operation.py",
    "deployment/test_other_region.py",
    "flat/test_moves.py",
    "deployment/test_teardown.py",
    "custom_resources/test_saved_site_publication.py",
    "custom_resources/test_cloudformation_answer.py",
    "bench/test_peers.py",
    "aws_models/test_templates.py",
    "expansion/test_laws_of_backups.py",
    "instance/test_container.py",
    "custom_resources/test_fallback_site_process.py",
    "custom_resources/test_certificate_stack.py",
    "test_emulator.py",
    "cli/test_publish.py",
    "availability/test_other_templates.py",
    "flat/test_ready_templates.py",
    "availability/test_saved_pages.py",
    "aws_models/test_longest_lists.py",
    "diff/test_edges.py",
    "instance/test_sample_app.py",
    "availability/test_laws.py",
    "custom_resources/test_saved_site_process.py",
    "diff/test_neighbours.py",
    "reference/test_catalogue.py",
    "expansion/test_hostile_templates.py",
    "cli/test_init.py",
    "flat/test_inline_functions.py",
    "diff/test_command.py",
    "cli/test_check_stores.py",
)


def place(path: Path) -> int:
    """Return a file's place in the order; files that are not listed come last, in their original order."""
    return _PLACES.get(path, len(SLOWEST))


_PLACES = {ROOT / name: number for number, name in enumerate(SLOWEST)}
