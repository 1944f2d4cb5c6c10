"""CloudFormation's quotas of templates and stacks.

Sources: "Understand CloudFormation quotas" in the AWS CloudFormation User Guide, of 2026; "CreateStack", StackName, in
the AWS CloudFormation API Reference.
"""

import re

# Bytes of a template in a request, and of one that CloudFormation reads from S3. The guide says 1 MB; CloudFormation's
# error has the number: "Template may not exceed 1000000 bytes in size".
MAX_BODY_BYTES = 51_200
MAX_TEMPLATE_BYTES = 1_000_000

MAX_RESOURCES = 500
MAX_PARAMETERS = 200
MAX_OUTPUTS = 200
MAX_DYNAMIC_REFERENCES = 60

# Bytes of a parameter's value.
MAX_PARAMETER_BYTES = 4_096

# The names of stacks, and of stack sets.
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
STACK_NAME_FORM = "at most 128 letters, digits and hyphens, and starts with a letter"

# The value that CloudFormation shows for a parameter with NoEcho. Source: "Parameters" in the same guide.
HIDDEN_VALUE = "****"
