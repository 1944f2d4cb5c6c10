"""What a deployer, or CloudFormation's service role, must be allowed to do for a template's stack."""
