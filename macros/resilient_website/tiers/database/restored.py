"""The database of a site that was recovered in its other Region: restored there from replicated backups.

Resilient as the site's own: with a standby, backups and replicas in its Region. Nothing of it needs the Region that its
data came from.
"""

from troposphere import AWSHelperFn, Sub

from resilient_website.context import Context
from resilient_website.tiers.database import instances
from resilient_website.tiers.database.assembled import Instance, assembled
from resilient_website.tiers.database.backup_times import with_windows
from resilient_website.tiers.database.instances import Backup
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network


def build(
    context: Context,
    spec: DatabaseSpec,
    network: Network,
    teardown: str,
    backup: Backup,
    secret_arn: AWSHelperFn,
) -> Database:
    """Return the database that is restored from these backups.

    `secret_arn` is the replica of the secret with its user and password.
    """
    password = Sub("{{resolve:secretsmanager:${SecretArn}:SecretString:password}}", SecretArn=secret_arn)
    instance = instances.restored(context, with_windows(spec), teardown, backup, password)
    return assembled(context, spec, network, Instance(instance, secret_arn=secret_arn, ready=instance.title))
