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
    "failover/test_failures.py": 86,
    "night/test_night.py": 74,
    "failover/test_lost_region.py": 37,
    "deployment/test_updates_of_stores.py": 37,
    "flat/test_deployment.py": 32,
    "deployment/test_examples.py": 26,
    "deployment/test_first_release.py": 25,
    "deployment/test_switch.py": 25,
    "deployment/test_updates.py": 24,
    "deployment/test_updates_of_names.py": 24,
    "deployment/test_operations.py": 22,
    "custom_resources/test_saved_site_in_browser.py": 20,
    "instance/test_wordpress.py": 19,
    "deployment/test_prove.py": 18,
    "deployment/test_other_region.py": 18,
    "custom_resources/test_certificate_stack.py": 15,
    "expansion/test_regular_expressions.py": 14,
    "test_demo.py": 14,
    "deployment/test_second_region.py": 13,
    "deployment/test_teardown.py": 13,
    "custom_resources/test_cloudformation_answer.py": 12,
    "flat/test_ready_templates.py": 11,
    "deployment/test_second_region_data.py": 11,
    "test_emulator.py": 11,
    "custom_resources/test_saved_site_crawl_bounds.py": 10,
    "flat/test_moves.py": 9,
    "deployment/test_installer_life.py": 9,
    "deployment/test_update_protection.py": 9,
    "custom_resources/test_fallback_site_process.py": 8,
    "instance/test_applications.py": 8,
}

# Files that mostly compute.
COMPUTING = {
    "explain/test_report.py": 51,
    "faults/test_faults.py": 51,
    "test_linter.py": 37,
    "isolation/test_isolation.py": 36,
    "test_code_quality.py": 28,
    "reference/test_reference.py": 27,
    "deployment/test_update_rollbacks.py": 24,
    "diff/test_change_sets.py": 23,
    "aws_models/test_longest_lists.py": 23,
    "cli/test_documentation.py": 21,
    "instance/test_hostile_values.py": 16,
    "test_checkov.py": 16,
    "deployment/test_canary.py": 15,
    "expansion/test_laws_of_switches.py": 15,
    "custom_resources/test_saved_site_worker.py": 14,
    "diff/test_edges.py": 14,
    "reference/test_catalogue.py": 14,
    "custom_resources/test_saved_site_publication.py": 14,
    "aws_models/test_random_sites.py": 13,
    "availability/test_saved_pages.py": 13,
    "availability/test_other_templates.py": 13,
    "custom_resources/test_saved_site_growth.py": 13,
    "diff/test_laws.py": 12,
    "site/test_site.py": 12,
    "expansion/test_repairs.py": 12,
    "aws_models/test_templates.py": 12,
    "custom_resources/test_origin_secret.py": 11,
    "expansion/test_broken_sites.py": 11,
    "expansion/test_hostile_templates.py": 11,
    "cli/test_publish.py": 11,
    "cli/test_check_command.py": 10,
    "cli/test_stackset_command.py": 10,
    "expansion/test_laws_of_second_region.py": 10,
    "cli/test_loaded_modules.py": 10,
    "flat/test_flat_template.py": 10,
    "editor/test_cfn_lint.py": 10,
    "expansion/test_laws_of_backups.py": 10,
    "instance/test_sample_app.py": 9,
    "bench/test_peers.py": 9,
    "cli/test_check_copies.py": 9,
    "availability/test_copies.py": 9,
    "deployer/test_statements.py": 9,
    "reference/test_needs.py": 9,
    "policies/test_judges.py": 9,
    "cli/test_published_templates.py": 8,
}

# A file that is not listed computes, and takes about as long as the others on average.
OTHERS = 1


def in_order(files: Iterable[Path]) -> list[Path]:
    """Return test files in the order in which they are to begin.

    Those that wait and those that compute take turns, so that at any time the same share of the seconds of each of the
    two sorts has begun.
    """
    found = list(dict.fromkeys(files))
    waiting, computing = (
        deque(ROOT / name for name in listed if ROOT / name in found) for listed in (WAITING, COMPUTING)
    )
    computing += [path for path in found if path not in waiting and path not in computing]
    all_waiting, all_computing = (sum(map(_seconds, paths)) for paths in (waiting, computing))
    begun_waiting = begun_computing = 0
    ordered: list[Path] = []
    while waiting or computing:
        if waiting and begun_waiting * all_computing <= begun_computing * all_waiting:
            ordered.append(waiting.popleft())
            begun_waiting += _seconds(ordered[-1])
        else:
            ordered.append(computing.popleft())
            begun_computing += _seconds(ordered[-1])
    return ordered


def _seconds(path: Path) -> int:
    return _SECONDS.get(path, OTHERS)


_SECONDS = {ROOT / name: seconds for name, seconds in {**WAITING, **COMPUTING}.items()}
