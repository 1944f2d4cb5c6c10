"""IAM's quotas of policies, of 2026.

Source: "IAM and AWS STS quotas" in the IAM User Guide.
"""

# Characters without white space: of a managed policy, and of all inline policies of a role together.
MAX_MANAGED_POLICY_LENGTH = 6_144
MAX_INLINE_POLICIES_LENGTH = 10_240

# Managed policies that a role can have. AWS raises it on request.
MAX_MANAGED_POLICIES = 10
