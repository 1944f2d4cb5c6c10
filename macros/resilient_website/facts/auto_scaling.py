"""Limits of Auto Scaling groups, in seconds, all of 2026."""

# Source: "CreateAutoScalingGroup", MaxInstanceLifetime, in the Amazon EC2 Auto Scaling API Reference: a day to a year.
MIN_LIFETIME_SECONDS = 86_400
MAX_LIFETIME_SECONDS = 31_536_000

# How long a rolling update waits for the signals of a batch. Source: "UpdatePolicy attribute", PauseTime, in the AWS
# CloudFormation User Guide: at most an hour.
MAX_PAUSE_SECONDS = 3_600
