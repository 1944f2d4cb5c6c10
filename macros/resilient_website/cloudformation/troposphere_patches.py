"""Workarounds for what troposphere lacks or checks too strictly: all subclasses of its resources are here."""

from troposphere import awslambda, policies, rds


class ReadReplica(rds.DBInstance):
    """A read replica.

    troposphere requires AllocatedStorage with StorageType gp3. A replica takes its source's size, which may have grown:
    a fixed number would eventually be too small for RDS.
    """

    def validate(self) -> None:
        """Leave the combination of storage properties to RDS."""


class UpdatePolicy(policies.UpdatePolicy):
    """An update policy that may be an instance refresh. Source: "UpdatePolicy attribute"."""

    props = {**policies.UpdatePolicy.props, "AutoScalingInstanceRefresh": (dict, False)}

    def validate(self) -> None:
        """Leave validation to CloudFormation: troposphere counts only the policies that it knows."""


class LoggingConfig(awslambda.LoggingConfig):
    """A function's logging, with JSON format. Source: "AWS::Lambda::Function LoggingConfig"."""

    props = {**awslambda.LoggingConfig.props, "LogFormat": (str, False)}
