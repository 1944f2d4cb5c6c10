"""What CloudFormation's templates have: intrinsic functions, references, attributes of resources, tags, limits."""
