"""How long CloudFormation takes to create a stack, from the dependencies of its resources and a table of times."""
