"""The answers about a new site, and their problems, found before anything is written."""

from dataclasses import dataclass

from cli.region_options import REGION
from resilient_website.facts.cloudformation_quotas import STACK_NAME
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.problems import Problem


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
        return bool(self.domain_name) and self.region != CLOUDFRONT_REGION


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
        advice = f"CloudFront needs a certificate in {CLOUDFRONT_REGION}: request one there, or use that Region"
        problems.append(Problem("--certificate-arn", f"not given, with a domain name in {answers.region}", advice))
    if not answers.domain_name and (answers.hosted_zone_id or answers.certificate_arn):
        advice = "give the domain name too, or neither hosted zone nor certificate"
        problems.append(Problem("--domain-name", "not given, with a hosted zone or a certificate", advice))
    return problems
