"""What is asked about a new site, and what is wrong with an answer before anything is written."""

import re
from dataclasses import dataclass

from cli.options import REGION
from resilient_website.problems import Problem

STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
# CloudFront takes certificates from there only; in a stack there, the macro makes one.
CERTIFICATE_REGION = "us-east-1"
# What a Region gives an account, where that is fewer than the three zones of the default.
ZONES = {"us-west-1": 2}


@dataclass(frozen=True)
class Answers:
    """A new site as its owner described it; empty texts for what there is not."""

    stack_name: str
    region: str
    domain_name: str
    hosted_zone_id: str
    certificate_arn: str
    database: bool
    cache: bool
    contact_email: str
    macro: str

    @property
    def needs_certificate(self) -> bool:
        """Whether the stack can't make the certificate by itself."""
        return bool(self.domain_name) and self.region != CERTIFICATE_REGION


def answer_problems(answers: Answers) -> list[Problem]:
    """Return what can't be written down. What a site's properties may be, the macro says."""
    problems = []
    if not STACK_NAME.fullmatch(answers.stack_name):
        advice = "write a letter, then letters, digits and hyphens, 128 in all at most"
        problems.append(Problem("--stack-name", f"found {answers.stack_name!r}", advice))
    if not REGION.fullmatch(answers.region):
        problems.append(Problem("--region", f"found {answers.region!r}", "Regions look like eu-west-1"))
    if answers.domain_name and not answers.hosted_zone_id:
        advice = f"give the id of the Route 53 zone of {answers.domain_name} (aws route53 list-hosted-zones)"
        problems.append(Problem("--hosted-zone-id", "not given, with a domain name", advice))
    if answers.needs_certificate and not answers.certificate_arn:
        advice = f"CloudFront wants a certificate in {CERTIFICATE_REGION}: request one there, or use that Region"
        problems.append(Problem("--certificate-arn", f"not given, with a domain name in {answers.region}", advice))
    if not answers.domain_name and (answers.hosted_zone_id or answers.certificate_arn):
        advice = "give the name too, or neither zone nor certificate"
        problems.append(Problem("--domain-name", "not given, with a hosted zone or a certificate", advice))
    return problems
