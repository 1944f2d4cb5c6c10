"""What a site's database and its copy in another Region have in common: everything around the instance."""

from typing import NamedTuple

from troposphere import AWSObject, GetAtt, rds

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.database import backup, instances, reader_endpoint, surroundings
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network


class Instance(NamedTuple):
    """The instance, the resources that only it needs, and what applications need to use it.

    `before` and `after` are placed around the instance; `ready` is the resource after which it can be used.
    """

    instance: rds.DBInstance
    secret_arn: Value
    ready: str
    before: tuple[AWSObject, ...] = ()
    after: tuple[AWSObject, ...] = ()
    is_copy: bool = False


def assembled(
    context: Context, spec: DatabaseSpec, network: Network, own: Instance, credentials: tuple[AWSObject, ...] = ()
) -> Database:
    """Return the instance with its subnets, security group, parameters, replicas, reader endpoint and backups."""
    group, subnets = surroundings.security_group_and_subnets(context, network)
    parameters = surroundings.parameter_group(context, spec)
    role = surroundings.monitoring_role(context, spec)
    replicas = instances.replicas(context, spec, network)
    reader = reader_endpoint.build(context, network, own.instance, replicas) if replicas else ()
    backups = backup.build(context, spec.backup_plan, own.instance.title) if spec.backup_plan else ()
    endpoint = GetAtt(own.instance, "Endpoint.Address")
    return Database(
        resources=(
            *(*credentials, group, subnets, parameters, *role, *own.before, own.instance, *own.after),
            *(*replicas, *reader, *backups),
        ),
        endpoint=endpoint,
        reader_endpoint=reader_endpoint.name(context, network) if replicas else endpoint,
        port=GetAtt(own.instance, "Endpoint.Port"),
        name=spec.database_name,
        secret_arn=own.secret_arn,
        security_group_id=GetAtt(group, "GroupId"),
        ready=(own.ready, *(part.title for part in reader)),
        primary=own.instance.title,
        multi_az=spec.multi_az,
        replicas=tuple(replica.title for replica in replicas),
        backup_vault=backups[0].title if backups else None,
        allocated_storage=spec.allocated_storage,
        most_connections=surroundings.limit_of_connections(spec),
        is_copy=own.is_copy,
    )
