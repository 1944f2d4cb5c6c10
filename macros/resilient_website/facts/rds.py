"""Amazon RDS for MySQL: storage, windows, and the support of releases, all of 2026."""

# GiB of a database's storage. Source: "Amazon RDS DB instance storage" in the Amazon RDS User Guide.
MIN_STORAGE_GIB = 20
MAX_STORAGE_GIB = 65_536

# From this size, gp3 has 12,000 IOPS instead of 3,000, and its IOPS and throughput can be set. Source: "gp3 storage" in
# "Amazon RDS DB instance storage".
LARGE_GP3_GIB = 400

# The values from there on that cannot be less. Source: as above.
LARGE_GP3_BASELINES = {"Iops": 12_000, "StorageThroughput": 500}

# The part of the storage that is free when autoscaling of storage begins. Source: "Managing capacity automatically with
# Amazon RDS storage autoscaling".
AUTOSCALING_FREE_SHARE = 0.1

# The parameter of MySQL 8 that can be set only when a database is created. Source: "Parameters for MySQL" in the Amazon
# RDS User Guide.
CREATION_PARAMETER = "lower_case_table_names"

# Source: "CreateDBInstance", PreferredBackupWindow and PreferredMaintenanceWindow, in the Amazon RDS API Reference.
MIN_WINDOW_MINUTES = 30

# The values of EngineLifecycleSupport, of which RDS's default is the first. Source: "CreateDBInstance".
EXTENDED_SUPPORT = "open-source-rds-extended-support"
NO_EXTENDED_SUPPORT = "open-source-rds-extended-support-disabled"

# The last day of standard support, by release; only past dates, since the macro has no clock. Source: "MySQL on Amazon
# RDS versions" in the Amazon RDS User Guide.
STANDARD_SUPPORT_ENDED = {"8.0": "2026-07-31"}
