"""The order in which test files begin, so that the processors are busy from the first to the last.

pytest-xdist hands whole files out (`--dist loadfile`) in this order, if it does not reorder them by the number of
their tests (`--no-loadscope-reorder`). There are more workers than processors: some should wait, for failures to pass
or for a stack, while the others compute.
"""

from collections import deque
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# Files that mostly wait, with the seconds that each takes beside three others on two processors. The slowest first, so
# that no worker is left with a long one when the others have ended.
WAITING = {
    "faults/test_faults.py": 119,
    "night/test_night.py": 113,
    "failover/test_failures.py": 90,
    "cli/test_documentation.py": 65,
    "deployment/test_updates_of_stores.py": 52,
    "custom_resources/test_origin_secret.py": 40,
    "test_demo.py": 35,
    "custom_resources/test_saved_site_in_browser.py": 35,
    "failover/test_lost_region.py": 35,
    "deployment/test_updates.py": 35,
    "deployment/test_installer_life.py": 33,
    "deployment/test_updates_of_names.py": 33,
    "test_emulator_functions.py": 33,
    "flat/test_deployment.py": 32,
    "deployment/test_first_release.py": 30,
    "deployment/test_examples.py": 29,
    "custom_resources/test_cloudformation_answer.py": 26,
    "custom_resources/test_database_secret.py": 25,
    "deployment/test_operations.py": 24,
    "deployment/test_switch.py": 23,
    "deployment/test_other_region.py": 20,
    "cli/test_publish.py": 19,
    "cli/test_stackset_command.py": 17,
    "deployment/test_canary.py": 16,
    "custom_resources/test_certificate_stack.py": 16,
    "deployment/test_prove.py": 15,
    "expansion/test_regular_expressions.py": 15,
    "flat/test_inline_functions.py": 15,
    "test_installer.py": 15,
    "cli/test_init.py": 15,
    "deployment/test_second_region.py": 14,
    "custom_resources/test_fallback_site_process.py": 14,
    "flat/test_ready_templates.py": 14,
    "custom_resources/test_saved_site_crawl_bounds.py": 13,
    "instance/test_wordpress.py": 13,
    "custom_resources/certificate/test_failures.py": 13,
    "deployment/test_update_protection.py": 11,
    "deployment/test_teardown.py": 11,
    "instance/test_sample_app_connections.py": 10,
    "inline/test_serve_saved_site.py": 10,
    "instance/test_applications.py": 10,
    "flat/test_moves.py": 10,
}

# Files that mostly compute.
COMPUTING = {
    "isolation/test_isolation.py": 49,
    "explain/test_report.py": 48,
    "test_linter.py": 44,
    "deployment/test_update_rollbacks.py": 41,
    "custom_resources/test_saved_site_publication.py": 32,
    "test_checkov.py": 29,
    "instance/test_hostile_values.py": 29,
    "reference/test_reference.py": 24,
    "expansion/test_laws_of_second_region.py": 23,
    "aws_models/test_longest_lists.py": 22,
    "diff/test_change_sets.py": 21,
    "bench/test_peers.py": 19,
    "diff/test_edges.py": 19,
    "cli/test_check_command.py": 17,
    "custom_resources/test_saved_site_worker.py": 15,
    "aws_models/test_templates.py": 15,
    "availability/test_saved_pages.py": 15,
    "expansion/test_hostile_templates.py": 14,
    "availability/test_other_templates.py": 14,
    "aws_models/test_random_sites.py": 14,
    "deployment/test_second_region_data.py": 13,
    "flat/test_flat_template.py": 13,
    "diff/test_laws.py": 12,
    "deployer/test_statements.py": 12,
    "diff/test_update_protection.py": 11,
    "reference/test_needs.py": 11,
    "cli/test_check_copies.py": 10,
    "custom_resources/test_saved_site_growth.py": 10,
    "cli/test_loaded_modules.py": 10,
    "expansion/test_broken_sites.py": 10,
    "availability/test_copies.py": 10,
    "deployer/test_policy.py": 10,
    "expansion/test_repairs.py": 10,
}

# A file that is not listed computes, and takes about as long as the others on average.
OTHERS = 3


def in_order(files: Iterable[Path]) -> list[Path]:
    """Return test files in the order in which they are to begin.

    Those that wait and those that compute take turns, so that each of the two sorts has begun as many seconds of tests
    as the other one.
    """
    found = list(dict.fromkeys(files))
    waiting, computing = (
        deque(ROOT / name for name in listed if ROOT / name in found) for listed in (WAITING, COMPUTING)
    )
    computing += [path for path in found if path not in waiting and path not in computing]
    ordered: list[Path] = []
    lead = 0
    while waiting or computing:
        waits = bool(waiting) and (lead <= 0 or not computing)
        path = (waiting if waits else computing).popleft()
        lead += _seconds(path) if waits else -_seconds(path)
        ordered.append(path)
    return ordered


def _seconds(path: Path) -> int:
    return _SECONDS.get(path, OTHERS)


_SECONDS = {ROOT / name: seconds for name, seconds in {**WAITING, **COMPUTING}.items()}
