"""Runs cases, many at a time: most of their time is spent waiting."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults import (
    certificate_cases,
    empty_bucket_cases,
    fallback_site_cases,
    primary_half_cases,
    remote_stack_cases,
    replicated_backup_cases,
    replicated_database_cases,
    saved_site_cases,
    update_protection_cases,
)
from tests.faults.cases import Case
from tests.faults.faults import Kind
from tests.faults.harness import Harness
from tests.faults.trial import Row, Trial
from tools.emulator.endpoint import Emulator

# A case takes 0.15 s of a processor and waits for 2 s, up to 36.
AT_ONCE = 16
# On a clock that goes faster a busy machine may make a function late; what it does wrong it does wrong each time.
TRIES = 3

# Custom resources by their types, without `Custom::`.
CUSTOM_RESOURCES: dict[str, tuple[type[Harness], Sequence[Case]]] = {
    "fallback_site": (fallback_site_cases.FallbackSiteBed, fallback_site_cases.CASES),
    "saved_site": (saved_site_cases.SavedSiteBed, saved_site_cases.CASES),
    "certificate_request": (certificate_cases.CertificateRequestBed, certificate_cases.REQUEST_CASES),
    "certificate": (certificate_cases.CertificateBed, certificate_cases.CASES),
    "remote_stack": (remote_stack_cases.RemoteStackBed, remote_stack_cases.CASES),
    "empty_bucket": (empty_bucket_cases.EmptyBucketBed, empty_bucket_cases.CASES),
    "primary_half": (primary_half_cases.PrimaryHalfBed, primary_half_cases.CASES),
    "replicated_backup": (replicated_backup_cases.ReplicatedBackupBed, replicated_backup_cases.CASES),
    "replicated_database": (replicated_database_cases.ReplicatedDatabaseBed, replicated_database_cases.CASES),
    "update_protection": (update_protection_cases.UpdateProtectionBed, update_protection_cases.CASES),
}


@dataclass(frozen=True)
class Numbered:
    """A case of a custom resource; `number` counts its cases from 1."""

    name: str
    number: int

    @property
    def case(self) -> Case:
        """The case itself."""
        return CUSTOM_RESOURCES[self.name][1][self.number - 1]

    @property
    def is_slow(self) -> bool:
        """Whether a function waits until its time, or a connection's, is over."""
        return any(step.fault.kind in (Kind.TRICKLES, Kind.DELAYED) for step in self.case.steps)

    def __str__(self) -> str:
        """Return what tells the case from all others."""
        faults = "; ".join(str(step.fault) for step in self.case.steps if str(step.fault) != "none")
        return f"{self.name} {self.number}: {self.case.title} ({faults or 'no fault'})"


def every_case(names: Sequence[str] = ()) -> list[Numbered]:
    """Return all cases of some custom resources, or of all."""
    chosen = names or list(CUSTOM_RESOURCES)
    return [Numbered(name, number + 1) for name in chosen for number in range(len(CUSTOM_RESOURCES[name][1]))]


@contextmanager
def running(emulator: Emulator, cases: Sequence[Numbered]) -> Iterator[dict[Numbered, "Future[Row]"]]:
    """Yield what will have come of each case; those that have not begun at the end are left out.

    The slow ones begin first, so that the others run while they wait.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            in_order = sorted(cases, key=lambda one: not one.is_slow)
            yield {one: pool.submit(_tried, emulator, one) for one in in_order}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _tried(emulator: Emulator, one: Numbered) -> Row:
    """Return what came of a case, of its last try: each has all to itself."""
    harness = CUSTOM_RESOURCES[one.name][0]
    for _ in range(TRIES):
        with (
            tempfile.TemporaryDirectory(prefix="faults-") as name,
            Trial(harness(emulator), one.case, Path(name)) as trial,
        ):
            row = trial.run()
        if not row.is_broken:
            break
    return row
