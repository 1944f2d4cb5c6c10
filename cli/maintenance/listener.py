"""A site's listener: which rules of maintenance it has, and how to turn them on and off.

Every change can be repeated, and interrupted anywhere: the rules themselves are the only state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.aws_pages import pages
from cli.deployed.site import TARGET_GROUP, DeployedSite
from cli.maintenance.rules import PRIORITIES, TAG, VISITORS, Forwarding, Rule
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.load_balancer.listeners import OWN_NAME_RULE
from resilient_website.tiers.load_balancer.origin_secret import RULE as CLOUDFRONT_RULE

# Resources of one request. Source: "DescribeTags" in the Elastic Load Balancing API Reference.
MAX_TAGGED = 20


@dataclass(frozen=True)
class Listener:
    """The listener that visitors' requests reach: behind CloudFront, or as the front door itself."""

    client: Any
    arn: str
    behind_cloudfront: bool
    # The rule of the stack that forwards to the servers.
    own_rule: str
    # The site's own target group, not that of a canary.
    target_group: str | None


def find_listener(client: Any, site: DeployedSite) -> Listener:
    """Return a site's listener; `client` is one of elbv2. Raises InvalidTemplateError if it has none."""
    ids = {name.removeprefix(site.name): each.physical_id for name, each in site.resources.items()}
    arn = ids.get("ListenerHttps") or ids.get("ListenerHttp")
    own_rule = ids.get(CLOUDFRONT_RULE) or ids.get(OWN_NAME_RULE)
    if arn is None or own_rule is None:
        found = f"{site.title} has no listener with the rules of a website"
        raise InvalidTemplateError([Problem("STACK", found, "deploy the site with this version of the macro first")])
    return Listener(client, arn, CLOUDFRONT_RULE in ids, own_rule, site.find(TARGET_GROUP))


def forwarding_of(listener: Listener) -> Forwarding:
    """Return how the stack's own rule sends requests to the servers, without a canary."""
    (rule,) = listener.client.describe_rules(RuleArns=[listener.own_rule])["Rules"]
    actions = [_to_own_servers(each, listener.target_group) for each in rule["Actions"]]
    return Forwarding(actions, rule.get("Transforms", []))


def _to_own_servers(action: dict[str, Any], target_group: str | None) -> dict[str, Any]:
    """Return an action without weights: a canary's servers may go before the rules of maintenance do."""
    weighted = len(action.get("ForwardConfig", {}).get("TargetGroups", [])) > 1
    return {"Type": action["Type"], "TargetGroupArn": target_group} if weighted else action


def present(listener: Listener) -> dict[str, dict[str, Any]]:
    """Return the listener's rules of maintenance, by purpose."""
    rules = {
        each["RuleArn"]: each for each in pages(listener.client, "describe_rules", "Rules", ListenerArn=listener.arn)
    }
    return {purpose: rules[arn] for arn, purpose in _purposes(listener.client, list(rules))}


def turn_on(listener: Listener, wanted: Sequence[Rule]) -> None:
    """Create or change the rules, the one for all visitors last, and then delete those that are not wanted."""
    there = present(listener)
    for rule in wanted:
        if rule.purpose in there:
            listener.client.modify_rule(RuleArn=there[rule.purpose]["RuleArn"], **rule.settings())
        else:
            _create(listener, rule)
    _delete(listener, {purpose: rule for purpose, rule in there.items() if purpose not in {r.purpose for r in wanted}})


def turn_off(listener: Listener) -> None:
    """Delete the rules, the one for all visitors first."""
    _delete(listener, present(listener))


def _create(listener: Listener, rule: Rule) -> None:
    tags = [{"Key": TAG, "Value": rule.purpose}]
    priority = PRIORITIES[rule.purpose]
    try:
        listener.client.create_rule(ListenerArn=listener.arn, Priority=priority, Tags=tags, **rule.settings())
    except listener.client.exceptions.PriorityInUseException as error:
        found = f"priority {priority} is used by a rule that is not of maintenance"
        advice = "give that rule a priority above 10; if it is the stack's own, deploy the site again first"
        raise InvalidTemplateError([Problem(listener.arn, found, advice)]) from error


def _delete(listener: Listener, rules: Mapping[str, Mapping[str, Any]]) -> None:
    for purpose in sorted(rules, key=lambda purpose: purpose != VISITORS):
        listener.client.delete_rule(RuleArn=rules[purpose]["RuleArn"])


def _purposes(client: Any, arns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the ARN and the purpose of each rule of maintenance."""
    for start in range(0, len(arns), MAX_TAGGED):
        for each in client.describe_tags(ResourceArns=arns[start : start + MAX_TAGGED])["TagDescriptions"]:
            yield from ((each["ResourceArn"], tag["Value"]) for tag in each["Tags"] if tag["Key"] == TAG)
