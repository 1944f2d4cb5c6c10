"""Runs cases, several at a time: most of their time is spent waiting."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.emulator.endpoint import Emulator
from tests.faults.bed import Bed
from tests.faults.cases import Case
from tests.faults.certificate_cases import CASES as CERTIFICATE
from tests.faults.certificate_cases import CertificateBed
from tests.faults.empty_bucket_cases import CASES as EMPTY_BUCKET
from tests.faults.empty_bucket_cases import EmptyBucketBed
from tests.faults.fallback_site_cases import CASES as FALLBACK_SITE
from tests.faults.fallback_site_cases import FallbackSiteBed
from tests.faults.saved_site_cases import CASES as SAVED_SITE
from tests.faults.saved_site_cases import SavedSiteBed
from tests.faults.trial import Row, Trial

AT_ONCE = 6

ALL: dict[str, tuple[type[Bed], Sequence[Case]]] = {
    "fallback_site": (FallbackSiteBed, FALLBACK_SITE),
    "saved_site": (SavedSiteBed, SAVED_SITE),
    "certificate": (CertificateBed, CERTIFICATE),
    "empty_bucket": (EmptyBucketBed, EMPTY_BUCKET),
}


def rows(emulator: Emulator, names: Sequence[str] = ()) -> Iterator[Row]:
    """Yield what came of every case of some custom resources (none named: all), in order."""
    chosen = [(bed, case) for name in names or ALL for bed, cases in [ALL[name]] for case in cases]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda one: tried(emulator, *one), chosen)


def tried(emulator: Emulator, bed: type[Bed], case: Case) -> Row:
    """Return what came of a case."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, Trial(bed(emulator), case, Path(folder)) as trial:
        return trial.run()
