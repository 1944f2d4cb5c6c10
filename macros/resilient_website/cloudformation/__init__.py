"""CloudFormation template mechanics: intrinsic functions, references, resource attributes, limits."""
