"""The ports of data stores, which AWS uses where a resource sets none."""

# Source: "CreateDBInstance", Port, in the Amazon RDS API Reference.
MYSQL = 3306

# Of Valkey too. Sources: "CreateReplicationGroup" and "CreateCacheCluster", Port, in the Amazon ElastiCache API
# Reference.
REDIS = 6379
MEMCACHED = 11211

# Source: "Using VPC security groups" in the Amazon EFS User Guide.
NFS = 2049
