"""The database: RDS MySQL with a synchronous standby in another zone, and read replicas.

Resilient because RDS fails over to the standby automatically and keeps the endpoint's name. Secure because it is in
subnets without internet access, admits only the web servers, requires TLS, and has a generated password.
"""

from troposphere import GetAtt, Ref

from resilient_website.context import Context
from resilient_website.tiers.database import backup, copy, instances, reader_endpoint, secret
from resilient_website.tiers.database.backup_times import with_windows
from resilient_website.tiers.database.checks import check
from resilient_website.tiers.database.instances import Source
from resilient_website.tiers.database.log_exports import check as check_log_exports
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network

__all__ = ["Database", "DatabaseSpec", "build", "check", "check_log_exports"]


def build(
    context: Context,
    spec: DatabaseSpec,
    network: Network,
    teardown: str,
    copied_to: str | None = None,
    source: Source | None = None,
) -> Database:
    """Return the database, its standby and replicas, its secret, its reader endpoint and its backups.

    `teardown` is its deletion policy, and `copied_to` the Region of the site's copy, if it has one. With a `source`,
    it was made anew as a replica of that copy's database.
    """
    credentials = secret.build(context, teardown, copied_to)
    group, subnets = instances.surroundings(context, network)
    parameters = instances.parameter_group(context, spec)
    role = instances.monitoring_role(context, spec)
    own = (instances.primary(context, with_windows(spec), teardown),)
    *key, primary = own if source is None else copy.made_as_replica(context, spec, teardown, source)
    attachment = secret.attachment(context, primary.title)
    days = spec.secret_rotation_days
    rotated = secret.rotation(context, days, primary.title, attachment.title) if days else ()
    replicas = instances.replicas(context, spec, network)
    reader = reader_endpoint.build(context, network, primary, replicas) if replicas else ()
    backups = backup.build(context, spec.backup_plan, primary.title) if spec.backup_plan else ()
    return Database(
        resources=(
            *(credentials, group, subnets, parameters, *role, *key, primary, attachment, *rotated),
            *(*replicas, *reader, *backups),
        ),
        endpoint=GetAtt(primary, "Endpoint.Address"),
        reader_endpoint=reader_endpoint.name(context, network) if replicas else GetAtt(primary, "Endpoint.Address"),
        port=GetAtt(primary, "Endpoint.Port"),
        name=spec.database_name,
        secret_arn=Ref(credentials),
        security_group_id=GetAtt(group, "GroupId"),
        ready=(attachment.title, *(part.title for part in reader)),
        primary=primary.title,
        multi_az=spec.multi_az,
        replicas=tuple(replica.title for replica in replicas),
        backup_vault=backups[0].title if backups else None,
        allocated_storage=spec.allocated_storage,
        most_connections=instances.limit_of_connections(spec),
        is_copy=source is not None and source.arn is not None,
    )
