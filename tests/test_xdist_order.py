"""Files begin once each, and those that wait beside those that compute, from the first to the last."""

from tests.xdist_order import COMPUTING, OTHERS, ROOT, WAITING, in_order

FILES = sorted(ROOT.rglob("test_*.py"))


def test_each_file_begins_once() -> None:
    assert sorted(in_order(FILES * 2)) == FILES


def test_the_tests_of_one_folder_have_an_order_too() -> None:
    folder = sorted((ROOT / "night").glob("test_*.py"))
    assert sorted(in_order(folder)) == folder


def test_of_those_that_wait_and_those_that_compute_the_same_share_has_begun() -> None:
    seconds = {path: {**WAITING, **COMPUTING}.get(str(path.relative_to(ROOT)), OTHERS) for path in FILES}
    waiting = {ROOT / name for name in WAITING}
    whole = {kind: sum(seconds[path] for path in FILES if (path in waiting) is kind) for kind in (True, False)}
    begun = {True: 0, False: 0}
    for path in in_order(FILES):
        begun[path in waiting] += seconds[path]
        ahead = begun[True] / whole[True] - begun[False] / whole[False]
        assert abs(ahead) <= max(seconds.values()) / min(whole.values())
