"""Which test files begin first: the slowest, so that no worker is left with a long one when the others have ended.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it does not reorder them by the number of
their tests (`--no-loadscope-reorder`).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# From a minute and a half down to a quarter of one; what is faster fills the gaps. What mostly waits and what mostly
# computes take turns, since there are more workers than processors.
SLOWEST = (
    "explain/test_report.py",
    "failover/test_failures.py",
    "faults/test_faults.py",
    "night/test_night.py",
    "test_linter.py",
    "deployment/test_updates_of_stores.py",
    "reference/test_reference.py",
    "isolation/test_isolation.py",
    "deployment/test_update_rollbacks.py",
    "custom_resources/test_saved_site_in_browser.py",
    "instance/test_hostile_values.py",
    "failover/test_lost_region.py",
    "cli/test_documentation.py",
    "flat/test_deployment.py",
    "expansion/test_laws_of_second_region.py",
    "deployment/test_updates.py",
    "aws_models/test_random_sites.py",
    "deployment/test_installer_life.py",
    "expansion/test_broken_sites.py",
    "deployment/test_updates_of_names.py",
    "test_checkov.py",
    "custom_resources/test_origin_secret.py",
    "diff/test_edges.py",
    "test_demo.py",
    "expansion/test_laws_of_backups.py",
    "custom_resources/test_saved_site_publication.py",
    "diff/test_change_sets.py",
    "deployment/test_examples.py",
    "availability/test_copies.py",
    "deployment/test_switch.py",
    "expansion/test_laws_of_halves_that_differ.py",
    "custom_resources/test_database_secret.py",
    "custom_resources/test_saved_site_growth.py",
    "custom_resources/test_cloudformation_answer.py",
    "diff/test_laws.py",
    "deployment/test_second_region_data.py",
    "cli/test_switch.py",
    "deployment/test_other_region.py",
    "aws_models/test_longest_lists.py",
    "deployment/test_operations.py",
    "cli/test_check_command.py",
    "cli/test_stackset_command.py",
    "cli/test_check_copies.py",
    "deployment/test_first_release.py",
    "availability/test_other_templates.py",
    "inline/test_serve_saved_site.py",
    "reference/test_catalogue.py",
    "deployment/test_prove.py",
    "editor/test_cfn_lint.py",
    "flat/test_inline_functions.py",
    "custom_resources/test_saved_site_worker.py",
    "deployment/test_second_region.py",
    "deployment/test_canary.py",
    "deployment/test_second_region_vpc_origins.py",
    "cli/test_check_stores.py",
    "custom_resources/test_certificate_stack.py",
    "editor/test_language_server.py",
    "deployment/test_teardown.py",
    "site/test_site.py",
    "instance/test_wordpress.py",
    "reference/test_needs.py",
    "flat/test_ready_templates.py",
    "released/test_second_version.py",
    "custom_resources/test_fallback_site_process.py",
    "expansion/test_hostile_templates.py",
    "cli/test_check_names.py",
    "bench/test_peers.py",
)


def place(path: Path) -> int:
    """Return a file's place in the order; files that are not listed come last, in their original order."""
    return _PLACES.get(path, len(SLOWEST))


_PLACES = {ROOT / name: number for number, name in enumerate(SLOWEST)}
