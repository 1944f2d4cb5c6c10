"""Files begin once each, and those that wait beside those that compute, from the first to the last."""

from tests.xdist_order import COMPUTING, OTHERS, ROOT, WAITING, in_order

FILES = sorted(ROOT.rglob("test_*.py"))


def test_each_file_begins_once() -> None:
    assert sorted(in_order(FILES * 2)) == FILES


def test_the_tests_of_one_folder_have_an_order_too() -> None:
    folder = sorted((ROOT / "night").glob("test_*.py"))
    assert sorted(in_order(folder)) == folder


def test_while_some_files_wait_others_compute() -> None:
    seconds = {ROOT / name: number for name, number in {**WAITING, **COMPUTING}.items()}
    waiting = [ROOT / name for name in WAITING]
    begun = {True: 0, False: 0}
    for path in in_order(FILES):
        begun[path in waiting] += seconds.get(path, OTHERS)
        if path == waiting[-1]:
            break
        assert abs(begun[True] - begun[False]) <= max(seconds.values())
    assert begun[False] >= sum(COMPUTING.values()) / 2
