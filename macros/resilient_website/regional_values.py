"""The values of a site that name something of one Region, such as a certificate.

A site with a copy in another Region needs another one there, so that both halves have different values.
"""

from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import web_servers
from resilient_website.tiers.load_balancer.spec import NONE as EVERY_ADDRESS
from resilient_website.tiers.web_servers.container import of_one_region


def regional_values(site: SiteSpec) -> dict[str, Any]:
    """Return the values, by the paths of their properties; None or nothing where the site has none."""
    network, database, cache = site.network, site.database, site.cache
    lists = site.load_balancer.prefix_list
    return {
        "RegionalCertificateArn": site.domain.regional_certificate_arn,
        # Their names, not their number.
        **({"Network.AvailabilityZones": zones} if isinstance(zones := network.availability_zones, tuple) else {}),
        "Network.VpcId": network.vpc_id,
        "Network.PublicSubnetIds": network.public_subnet_ids,
        "Network.WebSubnetIds": network.web_subnet_ids,
        "Network.DatabaseSubnetIds": network.database_subnet_ids,
        "Network.CacheSubnetIds": network.cache_subnet_ids,
        "WebServers.ImageId": _image(site.web_servers.image_id),
        "WebServers.Artifact.Bucket": site.web_servers.artifact and site.web_servers.artifact.bucket,
        "WebServers.Container.Image": of_one_region(site.web_servers.container and site.web_servers.container.image),
        **web_servers.regional(site.web_servers.environment, "WebServers.Environment"),
        "LoadBalancer.CloudFrontPrefixListId": None if lists == EVERY_ADDRESS else lists,
        "Database.KmsKeyId": None if database is None else database.kms_key_id,
        "Database.BackupPlan.KmsKeyArn": database and database.backup_plan and database.backup_plan.kms_key_id,
        "Cache.KmsKeyId": None if cache is None else cache.kms_key_id,
        # CloudFront's is of all Regions.
        "Security.WebACLArn": None if site.behind_cloudfront else site.security.web_acl_arn,
        "Monitoring.AlarmTopicArn": site.monitoring.alarm_topic_arn,
    }


def _image(image_id: Value | None) -> Value | None:
    """Return an image's id; None for one that is looked up in each Region's Parameter Store."""
    return None if isinstance(image_id, str) and image_id.startswith("{{resolve:") else image_id
