"""The answers about a new site, and their problems, found before anything is written."""

import re
from dataclasses import dataclass

from cli.options import REGION
from resilient_website.problems import Problem

STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
# CloudFront accepts certificates from this Region only; in a stack there, the macro creates one.
CERTIFICATE_REGION = "us-east-1"
# The Availability Zones of Regions that give an account fewer than the default of three.
ZONES = {"us-west-1": 2}


@dataclass(frozen=True)
class Answers:
    """A new site as the user described it; texts are empty for what it does not have."""

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
        """Whether the stack can't create the certificate itself."""
        return bool(self.domain_name) and self.region != CERTIFICATE_REGION


def answer_problems(answers: Answers) -> list[Problem]:
    """Return the problems with the answers that the macro does not find."""
    problems = []
    if not STACK_NAME.fullmatch(answers.stack_name):
        advice = "a stack name has at most 128 letters, digits and hyphens, and starts with a letter"
        problems.append(Problem("--stack-name", f"found {answers.stack_name!r}", advice))
    if not REGION.fullmatch(answers.region):
        problems.append(Problem("--region", f"found {answers.region!r}", "Regions look like eu-west-1"))
    if answers.domain_name and not answers.hosted_zone_id:
        advice = f"give the id of the Route 53 zone of {answers.domain_name} (aws route53 list-hosted-zones)"
        problems.append(Problem("--hosted-zone-id", "not given, with a domain name", advice))
    if answers.needs_certificate and not answers.certificate_arn:
        advice = f"CloudFront needs a certificate in {CERTIFICATE_REGION}: request one there, or use that Region"
        problems.append(Problem("--certificate-arn", f"not given, with a domain name in {answers.region}", advice))
    if not answers.domain_name and (answers.hosted_zone_id or answers.certificate_arn):
        advice = "give the domain name too, or neither hosted zone nor certificate"
        problems.append(Problem("--domain-name", "not given, with a hosted zone or a certificate", advice))
    return problems
