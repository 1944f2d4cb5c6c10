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
    "night/test_night.py": 75,
    "failover/test_failures.py": 75,
    "deployment/test_updates_of_stores.py": 47,
    "failover/test_lost_region.py": 39,
    "deployment/test_updates.py": 34,
    "flat/test_deployment.py": 34,
    "deployment/test_updates_of_names.py": 29,
    "deployment/test_first_release.py": 27,
    "deployment/test_examples.py": 27,
    "custom_resources/test_saved_site_in_browser.py": 26,
    "deployment/test_switch.py": 23,
    "deployment/test_operations.py": 23,
    "deployment/test_prove.py": 21,
    "test_demo.py": 18,
    "deployment/test_other_region.py": 17,
    "custom_resources/test_certificate_stack.py": 16,
    "deployment/test_second_region_data.py": 16,
    "custom_resources/test_cloudformation_answer.py": 13,
    "instance/test_wordpress.py": 13,
    "expansion/test_regular_expressions.py": 13,
    "deployment/test_teardown.py": 12,
    "deployment/test_installer_life.py": 12,
    "flat/test_ready_templates.py": 11,
    "deployment/test_second_region.py": 11,
    "instance/test_applications.py": 10,
    "custom_resources/test_saved_site_crawl_bounds.py": 9,
    "test_emulator.py": 9,
    "custom_resources/test_fallback_site_process.py": 9,
    "flat/test_moves.py": 9,
    "deployment/test_update_protection.py": 8,
}

# Files that mostly compute.
COMPUTING = {
    "faults/test_faults.py": 64,
    "explain/test_report.py": 60,
    "isolation/test_isolation.py": 50,
    "test_linter.py": 45,
    "deployment/test_update_rollbacks.py": 38,
    "test_code_quality.py": 28,
    "aws_models/test_longest_lists.py": 26,
    "aws_models/test_random_sites.py": 25,
    "reference/test_reference.py": 22,
    "cli/test_documentation.py": 22,
    "custom_resources/test_saved_site_publication.py": 22,
    "diff/test_change_sets.py": 22,
    "diff/test_edges.py": 19,
    "custom_resources/test_origin_secret.py": 18,
    "deployment/test_canary.py": 17,
    "cli/test_check_command.py": 16,
    "aws_models/test_templates.py": 15,
    "diff/test_laws.py": 15,
    "bench/test_peers.py": 15,
    "test_checkov.py": 15,
    "expansion/test_laws_of_second_region.py": 14,
    "cli/test_check_copies.py": 14,
    "custom_resources/test_saved_site_worker.py": 14,
    "custom_resources/test_saved_site_growth.py": 12,
    "availability/test_saved_pages.py": 12,
    "deployer/test_statements.py": 12,
    "expansion/test_hostile_templates.py": 12,
    "instance/test_hostile_values.py": 11,
    "expansion/test_broken_sites.py": 11,
    "cli/test_stackset_command.py": 10,
    "reference/test_needs.py": 10,
    "instance/test_sample_app.py": 10,
    "flat/test_flat_template.py": 10,
    "reference/test_catalogue.py": 9,
    "expansion/test_repairs.py": 9,
    "site/test_site.py": 9,
    "editor/test_cfn_lint.py": 9,
    "cli/test_init.py": 8,
    "cli/test_loaded_modules.py": 8,
    "cli/test_publish.py": 8,
    "availability/test_copies.py": 8,
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
