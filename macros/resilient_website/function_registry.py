"""The registry of all functions and custom resources that a site's stack can contain."""

from troposphere.cloudformation import AWSCustomObject

from resilient_website.functions.kind import FunctionKind
from resilient_website.tiers import certificates, emptied_bucket, fallback, remote_stack, update_protection
from resilient_website.tiers.database import secret as database_secret
from resilient_website.tiers.load_balancer import origin_secret
from resilient_website.tiers.saved_site import saving
from resilient_website.tiers.secondary_region import backups, comparison, primary_half

FUNCTIONS: tuple[FunctionKind, ...] = (
    update_protection.FUNCTION,
    fallback.FUNCTION,
    saving.FUNCTION,
    emptied_bucket.FUNCTION,
    certificates.FUNCTION,
    remote_stack.FUNCTION,
    primary_half.FUNCTION,
    comparison.FUNCTION,
    origin_secret.FUNCTION,
    database_secret.FUNCTION,
)

CUSTOM_RESOURCES: tuple[type[AWSCustomObject], ...] = (
    update_protection.UpdateProtection,
    fallback.FallbackSite,
    saving.SavedSite,
    emptied_bucket.EmptyBucket,
    certificates.CertificateRequest,
    certificates.RemoteCertificate,
    remote_stack.RemoteStack,
    primary_half.PrimaryHalf,
    primary_half.ReplicatedDatabase,
    backups.ReplicatedBackup,
)
