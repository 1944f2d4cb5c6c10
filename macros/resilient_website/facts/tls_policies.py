"""The security policies of Application Load Balancers.

Source: "Security policies for your Application Load Balancer" in the Elastic Load Balancing guide, of 2026.
"""

# The names of the policies. AWS adds no policy with one of the older forms.
TLS_POLICIES = (
    r"ELBSecurityPolicy-(TLS13-1-[0-3](-Res|-Ext[0-2])?(-FIPS)?(-PQ)?-20\d\d-\d\d|2016-08|TLS-1-0-2015-04|TLS-1-[12]-2017-01"
    r"|TLS-1-2-Ext-2018-06|FS-2018-06|FS-1-[12]-2019-08|FS-1-2-Res-20(19-08|20-10))"
)

# TLS 1.3 and 1.2 with post-quantum key exchange, as AWS recommends. Route 53's health checkers need TLS 1.2.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
