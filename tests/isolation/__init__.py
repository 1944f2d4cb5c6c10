"""Two neighbours in one account, and an IAM that decides about every request (`make isolation` prints the tables).

The functions run as real processes, with the role, the environment and the code that the expanded template gives them.
`authorizer.py` is between them and moto: it derives actions, ARNs and condition keys of each request from a table
(`operations.py`) and asks a third-party evaluator (`evaluator.py`). `deployed_resources.py` makes what functions touch.

- `own.py`: every request of CloudFormation's, Secrets Manager's and the schedule's on the own stack is let through;
- `attacks.py`: the same functions turned on the neighbour reach nothing there, and change nothing;
- `intruder.py`: no role has a right on any of the neighbour's resources, for any principal and request.

With 0.1.0's roles, whose functions were shared, the harness let attacks through: that proves it. On today's expansion,
the third part found a right on all buckets' keys with the stack's GUID in them, which a `*` before the GUID gave.

What is weaker than on AWS:
- policies of AWS's own (ManagedPolicyArns) are not evaluated, nor service control policies;
- an administrator makes the stacks in other Regions: what CloudFormation's role may do there is tried on the
  neighbour's resources, and not on what it has to make;
- tags of resources in moto are the harness's: CloudFormation's own tags can't be written through an API.
"""
