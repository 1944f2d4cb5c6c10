"""The problem of a template without a website, for commands that analyze one."""

from pathlib import Path

from resilient_website.problems import InvalidTemplateError, Problem


def no_website(file: Path) -> InvalidTemplateError:
    """Return the error for a template in which nothing serves visitors."""
    found = "found no CloudFront distribution, load balancer or DNS record that serves visitors"
    return InvalidTemplateError([Problem(str(file), found, "use the template of a website")])
