"""Starts ministack with the extensions. Runs in .venv-emulator; configured by ministack's own environment variables."""

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from ministack import app  # type: ignore[import-not-found]

from tests.emulator import (
    attributes,
    caches,
    certificates,
    data_plane,
    databases,
    distributions,
    failed_creations,
    front_doors,
    macros,
    offers,
    origin_groups,
    outages,
    own_thread,
    pace,
    public_parameters,
    refused_changes,
    resource_types,
    rotations,
    s3_integration,
    short_minutes,
    tagging,
    targets,
    transform_failures,
    transforms,
    zones,
)
from tests.emulator.resources import TYPES


def end_with_parent() -> None:
    """End everything, and leave nothing, once whoever started the emulator is gone, however it ended."""
    sys.stdin.buffer.read()
    shutil.rmtree(Path(tempfile.gettempdir()).parent, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    # The order matters where one extension wraps what another replaced: threads go around everything.
    for extension in (
        macros,
        transforms,
        transform_failures,
        own_thread,
        attributes,
        databases,
        offers,
        caches,
        refused_changes,
    ):
        extension.register()
    for extension in (distributions, public_parameters, targets, data_plane, s3_integration, outages, front_doors):
        extension.register()
    for extension in (origin_groups, zones, rotations, tagging, certificates, short_minutes, failed_creations):
        extension.register()
    resource_types.register(TYPES)
    pace.register()
    # One port is enough: 443 may be somebody else's.
    app._port_is_bindable = lambda _host, _port: False
    threading.Thread(target=end_with_parent, daemon=True).start()
    app.main()
