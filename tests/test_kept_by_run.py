"""What one worker has computed, another one reads; and a process by itself computes it."""

from pathlib import Path

import pytest

from tests import kept_by_run


@pytest.fixture
def made() -> list[str]:
    """Return the keys for which something was computed."""
    return []


def get(key: str, made: list[str]) -> bytes:
    def make() -> bytes:
        made.append(key)
        return key.upper().encode()

    return kept_by_run.kept_by_run(key, make)


def test_another_worker_reads_what_one_has_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    monkeypatch.setattr(kept_by_run, "_FOLDERS", [])
    for _ in ("a worker", "another one"):
        kept_by_run.keep_in(tmp_path / "kept")
        assert [get("a", made), get("b", made)] == [b"A", b"B"]
    assert made == ["a", "b"]
    assert len(list((tmp_path / "kept").iterdir())) == 2, "an unfinished file is left"


def test_process_by_itself_shares_nothing(monkeypatch: pytest.MonkeyPatch, made: list[str]) -> None:
    monkeypatch.setattr(kept_by_run, "_FOLDERS", [])
    assert [get("a", made), get("a", made)] == [b"A", b"A"]
    assert made == ["a", "a"]


def test_what_cannot_be_computed_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]) -> None:
    monkeypatch.setattr(kept_by_run, "_FOLDERS", [])
    kept_by_run.keep_in(tmp_path)

    def fail() -> bytes:
        raise ValueError

    with pytest.raises(ValueError):
        kept_by_run.kept_by_run("a", fail)
    assert get("a", made) == b"A"
