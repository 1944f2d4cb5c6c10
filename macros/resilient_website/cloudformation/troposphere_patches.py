"""What troposphere does not know yet, or knows too strictly: the one place for subclasses of its resources."""

from troposphere import awslambda, policies, rds


class ReadReplica(rds.DBInstance):
    """A DB instance that replicates another one.

    troposphere wants AllocatedStorage wherever StorageType is gp3. A replica has its source's, which may have grown:
    a number here would be too small for RDS one day.
    """

    def validate(self) -> None:
        """Leave the combination of storage properties to RDS."""


class UpdatePolicy(policies.UpdatePolicy):
    """An update policy that may be an instance refresh. Source: "UpdatePolicy attribute"."""

    props = {**policies.UpdatePolicy.props, "AutoScalingInstanceRefresh": (dict, False)}

    def validate(self) -> None:
        """Leave it to CloudFormation: troposphere counts the policies that it knows."""


class LoggingConfig(awslambda.LoggingConfig):
    """A function's logging, in JSON too. Source: "AWS::Lambda::Function LoggingConfig"."""

    props = {**awslambda.LoggingConfig.props, "LogFormat": (str, False)}
