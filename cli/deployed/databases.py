"""What RDS says about DB instances: that one does not exist, that it is ready, and that it will not be."""

# What RDS answers, and what its documentation names. Source: "DescribeDBInstances" in the Amazon RDS API Reference.
NO_INSTANCE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")

AVAILABLE = "available"

# These do not pass by waiting. Source: "Viewing Amazon RDS DB instance status" in the Amazon RDS User Guide.
DEAD = (
    *("failed", "incompatible-network", "incompatible-option-group", "incompatible-parameters"),
    *("incompatible-restore", "restore-error", "inaccessible-encryption-credentials", "storage-full", "deleting"),
)
