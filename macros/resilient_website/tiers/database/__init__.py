"""The database: RDS MySQL with a synchronous standby in another zone, and read replicas.

Resilient because RDS fails over to the standby automatically and keeps the endpoint's name. Secure because it is in
subnets without internet access, admits only the web servers, requires TLS, and has a generated password.
"""

from troposphere import Ref

from resilient_website.context import Context
from resilient_website.tiers.database import copy, instances, secret
from resilient_website.tiers.database.assembled import Instance, assembled
from resilient_website.tiers.database.backup_times import with_windows
from resilient_website.tiers.database.checks import check, check_snapshot_region
from resilient_website.tiers.database.instances import Replication, Source
from resilient_website.tiers.database.log_exports import check as check_log_exports
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network

__all__ = ["Database", "DatabaseSpec", "build", "check", "check_log_exports", "check_snapshot_region"]


def build(
    context: Context,
    spec: DatabaseSpec,
    network: Network,
    teardown: str,
    copied_to: str | None = None,
    source: Source | None = None,
    backups: Replication | None = None,
) -> Database:
    """Return the database, its standby and replicas, its secret, its reader endpoint and its backups.

    `teardown` is its deletion policy, and `copied_to` the Region of the site's copy, if it has one. With a `source`,
    it was made anew as a replica of that copy's database. `backups` is where RDS replicates its backups to.
    """
    credentials = secret.build(context, teardown, copied_to)
    own = (instances.primary(context, with_windows(spec), teardown, backups),)
    *key, primary = own if source is None else copy.made_as_replica(context, spec, teardown, source, backups)
    attachment = secret.attachment(context, primary.title)
    days = spec.secret_rotation_days
    rotated = secret.rotation(context, days, primary.title, attachment.title) if days else ()
    instance = Instance(
        primary,
        secret_arn=Ref(credentials),
        ready=attachment.title,
        before=tuple(key),
        after=(attachment, *rotated),
        is_copy=source is not None and source.arn is not None,
    )
    return assembled(context, spec, network, instance, (credentials,))
