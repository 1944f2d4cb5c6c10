"""ministack with the extensions."""

from ministack import app  # type: ignore[import-not-found]

from tools.emulator import (
    attributes,
    automated_backups,
    bucket_replication,
    caches,
    certificates,
    cleanup,
    data_plane,
    databases,
    dead_regions,
    distributions,
    drift,
    failed_creations,
    fast_schedules,
    forked_functions,
    front_doors,
    function_logs,
    health_checks,
    idle_functions,
    layers,
    macros,
    offers,
    operation_threads,
    origin_groups,
    other_stacks,
    outages,
    prefix_lists,
    public_parameters,
    real_databases,
    refused_changes,
    refused_networks,
    refused_regions,
    replica_lag,
    replicas,
    resource_types,
    rollback_triggers,
    rotations,
    s3_integration,
    secret_replicas,
    short_pauses,
    step_delay,
    suspended_processes,
    tagging,
    targets,
    transform_failures,
    transforms,
    unpacked_code,
    zones,
)
from tools.emulator.resources import TYPES

# The order matters where one extension wraps what another replaced: threads go around everything.
EXTENSIONS = (
    macros,
    transforms,
    transform_failures,
    drift,
    cleanup,
    operation_threads,
    attributes,
    databases,
    replicas,
    automated_backups,
    bucket_replication,
    secret_replicas,
    offers,
    prefix_lists,
    caches,
    refused_changes,
    refused_networks,
    refused_regions,
    layers,
    function_logs,
    idle_functions,
    unpacked_code,
    forked_functions,
    short_pauses,
    distributions,
    public_parameters,
    targets,
    data_plane,
    s3_integration,
    outages,
    front_doors,
    origin_groups,
    zones,
    other_stacks,
    rotations,
    tagging,
    certificates,
    fast_schedules,
    failed_creations,
    health_checks,
    dead_regions,
    replica_lag,
    suspended_processes,
    real_databases,
    rollback_triggers,
)


def main() -> None:
    """Serve; configured by ministack's own environment variables."""
    for extension in EXTENSIONS:
        extension.register()
    resource_types.register(TYPES)
    step_delay.register()
    # One port is enough: 443 may be somebody else's.
    app._port_is_bindable = lambda _host, _port: False
    app.main()
