"""The answer that a custom resource's function owes CloudFormation: one for each request, and one that arrives."""
