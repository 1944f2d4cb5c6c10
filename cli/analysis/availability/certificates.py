"""Checks whether a certificate is valid for a name. TLS terminates at CloudFront, a load balancer or an API."""

from collections.abc import Iterable

from cli.analysis.availability.graph import Graph
from cli.analysis.availability.references import referenced_id


def problem(graph: Graph, arns: Iterable[str], names: tuple[str, ...], region: str) -> str:
    """Return why none of the certificates is valid for any of the names in this Region; empty if one is.

    A certificate outside of the template counts as valid for every name, since its names are unknown.
    """
    found = [arn for arn in arns if arn]
    if not found:
        return f"no certificate for {names[0]}"
    reasons = []
    for arn in found:
        made = graph.certificates.get(referenced_id(arn) or "")
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
