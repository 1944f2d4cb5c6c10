"""What the DB instances need: a security group, subnets, parameters, and a role for Enhanced Monitoring."""

from troposphere import AWSObject, Sub, ec2, rds

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.tiers.database.classes import most_connections
from resilient_website.tiers.database.log_exports import WRITTEN_BY
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network
from resilient_website.tiers.security_groups import closed_group

# Parameters that turn on exported logs; queries over a second count as slow. Source: "Configuring RDS for MySQL logs".
LOGGING = {**WRITTEN_BY, "slowquery": {**WRITTEN_BY["slowquery"], "long_query_time": "1"}}


def security_group_and_subnets(context: Context, network: Network) -> tuple[ec2.SecurityGroup, rds.DBSubnetGroup]:
    """Return the security group and the subnets of the instances."""
    group = closed_group(context, "DatabaseSecurityGroup", "Database: MySQL from the web servers only", network.vpc_id)
    subnets = rds.DBSubnetGroup(
        context.id("DatabaseSubnetGroup"),
        DBSubnetGroupDescription="Private subnets of the database, one a zone",
        SubnetIds=list(network.database_subnets),
    )
    return group, subnets


def limit_of_connections(spec: DatabaseSpec) -> int | None:
    """Return the maximum number of connections; None if it is known only at deployment."""
    own = (spec.parameters or {}).get("max_connections")
    if own is not None:
        given = str(known_value(own))
        return int(given) if given.isdecimal() else None
    return most_connections(spec.instance_class)


def parameter_group(context: Context, spec: DatabaseSpec) -> rds.DBParameterGroup:
    """Return MySQL's parameters: mandatory TLS, exported logs, and the user's own."""
    logging = {name: value for log in spec.log_exports for name, value in LOGGING.get(log, {}).items()}
    return rds.DBParameterGroup(
        parameter_group_id(context, spec),
        Description=f"Parameters of a resilient website's {spec.family}",
        Family=spec.family,
        Parameters={"require_secure_transport": "1", **logging, **(spec.parameters or {})},
    )


def parameter_group_id(context: Context, spec: DatabaseSpec) -> str:
    """Return an id with the family, which can't change in place: a major upgrade needs both groups for a while."""
    return context.id("DatabaseParameters" + spec.family.removeprefix("mysql").replace(".", ""))


def monitoring_role(context: Context, spec: DatabaseSpec) -> tuple[AWSObject, ...]:
    """Return the role for Enhanced Monitoring; nothing if it is off."""
    if not spec.monitoring_interval:
        return ()
    policy = Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")
    return (role(context.id("DatabaseMonitoringRole"), context.roles, "monitoring.rds", {}, managed=[policy]),)
