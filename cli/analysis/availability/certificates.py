"""Whether a certificate is good for a name. TLS ends at CloudFront, at a load balancer, at an API's domain name."""

from collections.abc import Iterable

from cli.analysis.availability.graph import Graph
from cli.analysis.availability.references import referred

# The only Region whose certificates CloudFront takes. Source: "Requirements for using SSL/TLS certificates with
# CloudFront" in the Amazon CloudFront guide.
EDGE_REGION = "us-east-1"


def problem(graph: Graph, arns: Iterable[str], names: tuple[str, ...], region: str) -> str:
    """Return why none of the certificates is good for any of the names in this Region; empty if one is.

    A certificate that the template does not make counts as covering every name: its names are elsewhere.
    """
    found = [arn for arn in arns if arn]
    if not found:
        return f"no certificate for {names[0]}"
    reasons = []
    for arn in found:
        made = graph.certificates.get(referred(arn) or "")
        if made is None:
            if arn.startswith("arn:") and f":acm:{region}:" not in arn and ":acm:" in arn:
                reasons.append(f"the certificate {arn} is not in {region}")
                continue
            return ""
        if made.region and made.region != region:
            reasons.append(f"{made.logical_id} is in {made.region}, not in {region}")
        elif any(made.covers(name) for name in names):
            return ""
        else:
            reasons.append(f"{made.logical_id} does not cover {' or '.join(names)}")
    return "; ".join(reasons)
