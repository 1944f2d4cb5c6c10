"""The web application firewall: AWS managed rule groups and a rate limit per address."""

from typing import Any, NamedTuple

from troposphere import AWSObject, GetAtt, wafv2

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import RoleOptions
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.frozen import frozen
from resilient_website.problems import shown
from resilient_website.reading.arns import check_account
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Choice, Integer, Text
from resilient_website.reading.reader import Reader

# In evaluation order: the cheapest and most certain first. Source: "AWS Managed Rules rule groups list".
RULE_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
# Only counted, since it blocks every body over 8 KB, and therefore uploads.
TOO_STRICT = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}

RATE_WINDOW_SECONDS = 300

# The path of roles that only AWS services create.
RESERVED_PATH = "/aws-service-role/"


@frozen
class SecuritySpec(PropertyGroup):
    """The security properties and defaults."""

    web_acl: str = prop(
        "WebACL",
        Choice(("None", "ManagedRules")),
        "None",
        known_at_expansion=True,
        maps_to="AWS::WAFv2::WebACL",
        reason="AWS managed rules cost about ten dollars per month and may block legitimate requests, so they are "
        "optional",
    )
    web_acl_arn: Value | None = prop(
        "WebACLArn",
        Text(
            "the ARN of a web ACL, as in "
            "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/aaaaaaaa-1234-1234-1234-123456789012",
            r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:(global|regional)/webacl/[^/]+/[^/]+",
        ),
        None,
        presence_decides=True,
        examples=(
            "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/aaaaaaaa-1234-1234-1234-123456789012",
            "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/site/aaaaaaaa-1234-1234-1234-123456789012",
        ),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.WebACLId, AWS::WAFv2::WebACLAssociation",
        reason="an existing web ACL: in us-east-1 for CloudFront, in the site's Region for the load balancer",
    )
    rate_limit: Value = prop(
        "RateLimit",
        Integer(10, 2_000_000_000),
        2000,
        needs=(Need("Security.WebACL", values=("ManagedRules",)),),
        maps_to="AWS::WAFv2::WebACL.Rules.Statement.RateBasedStatement.Limit",
        reason="requests that one address may send in five minutes, with ManagedRules: more than a person makes",
    )
    origin_secret_rotation_days: int = prop(
        "OriginSecretRotationDays",
        Integer(0, 1000, unit="days"),
        90,
        known_at_expansion=True,
        maps_to="AWS::SecretsManager::RotationSchedule, "
        "AWS::SecretsManager::RotationSchedule.RotationRules.AutomaticallyAfterDays",
        reason="days between rotations: a leaked secret soon expires, and rotation causes no interruption. 0: "
        "never. The header, X-Origin-Verify, reaches the application, which must neither log nor display it",
    )
    permissions_boundary: Value | None = prop(
        "PermissionsBoundary",
        Text(
            "the ARN of a managed policy, as in arn:aws:iam::123456789012:policy/developers-boundary",
            r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[!-~]+",
            longest=2048,
        ),
        None,
        presence_decides=True,
        examples=("arn:aws:iam::123456789012:policy/developers-boundary",),
        maps_to="AWS::IAM::Role.PermissionsBoundary",
        reason="absent. If your organization requires a permissions boundary for new roles, name it here; every "
        "role of the site gets it",
    )
    role_path: Value | None = prop(
        "RolePath",
        Text("an IAM path, as in /websites/", r"/([!-.0-~]+/)*", longest=512),
        None,
        presence_decides=True,
        examples=("/websites/",),
        maps_to="AWS::IAM::Role.Path",
        reason="absent: /. A path groups the site's roles, so that a policy can refer to them. A change replaces "
        "the roles",
    )

    @property
    def roles(self) -> RoleOptions:
        """The settings of every role of the site."""
        return RoleOptions(self.permissions_boundary, self.role_path)


class Firewall(NamedTuple):
    """The front door's web ACL, and its resources."""

    resources: tuple[AWSObject, ...]
    arn: Value | None


def _is_in(web_acl_arn: str, region: str, scope: str) -> bool:
    """Tell whether a well-formed web ACL ARN has a Region and a scope."""
    return web_acl_arn.split(":")[3] == region and web_acl_arn.split(":")[5].startswith(f"{scope}/")


def check(spec: SecuritySpec, path: str, reader: Reader, *, behind_cloudfront: bool) -> None:
    """Note web ACLs that can't be used for the front door, and settings that IAM refuses for the site's roles."""
    _check_roles(spec, path, reader)
    check_account(spec.web_acl_arn, f"{path}.WebACLArn", reader, why="AWS WAF protects resources of its own account")
    if spec.web_acl != "None" and spec.web_acl_arn is not None:
        fix = "write one of them: your web ACL has its own rules"
        reader.problem(f"{path}.WebACLArn", f"found together with WebACL: {spec.web_acl}", fix)
    if spec.web_acl != "None" and behind_cloudfront and reader.region != CLOUDFRONT_REGION:
        reader.problem(
            f"{path}.WebACL",
            f"found {spec.web_acl}, but CloudFront accepts web ACLs only from {CLOUDFRONT_REGION}, and the site is in "
            f"{reader.region}",
            f"create one in {CLOUDFRONT_REGION} (Scope: CLOUDFRONT), and write its WebACLArn",
        )
    region = CLOUDFRONT_REGION if behind_cloudfront else reader.region
    scope, of_arn = ("CLOUDFRONT", "global") if behind_cloudfront else ("REGIONAL", "regional")
    if isinstance(spec.web_acl_arn, str) and not _is_in(spec.web_acl_arn, region, of_arn):
        reader.problem(
            f"{path}.WebACLArn",
            f"found {shown(spec.web_acl_arn)}",
            f"write the ARN of a web ACL with scope {scope} in {region}, as in "
            f"arn:aws:wafv2:{region}:123456789012:{of_arn}/webacl/name/id",
        )


def _check_roles(spec: SecuritySpec, path: str, reader: Reader) -> None:
    """Note a boundary of another account, and a path that only AWS services may use.

    Sources: "Permissions boundaries for IAM entities"; "Using service-linked roles" in the IAM User Guide.
    """
    why = "a permissions boundary is a policy of the role's account, or of AWS"
    check_account(spec.permissions_boundary, f"{path}.PermissionsBoundary", reader, why=why)
    if isinstance(spec.role_path, str) and spec.role_path.startswith(RESERVED_PATH):
        found = f"found {spec.role_path}, which IAM reserves for service-linked roles"
        reader.problem(f"{path}.RolePath", found, "write another path, as in /websites/")


def build(context: Context, spec: SecuritySpec, *, behind_cloudfront: bool, load_balancer_arn: Value) -> Firewall:
    """Return the front door's web ACL, with an association for a load balancer."""
    made: list[AWSObject] = []
    arn = spec.web_acl_arn
    if spec.web_acl != "None":
        made.append(_web_acl(context, spec, "CLOUDFRONT" if behind_cloudfront else "REGIONAL"))
        arn = GetAtt(made[-1], "Arn")
    if arn is not None and not behind_cloudfront:
        made.append(
            wafv2.WebACLAssociation(context.id("WebAclAssociation"), ResourceArn=load_balancer_arn, WebACLArn=arn)
        )
    return Firewall(tuple(made), arn)


def _web_acl(context: Context, spec: SecuritySpec, scope: str) -> wafv2.WebACL:
    """Return the web ACL with AWS's rule groups and the rate limit; `scope`: CLOUDFRONT or REGIONAL."""
    limit = wafv2.RateBasedStatement(
        AggregateKeyType="IP", Limit=spec.rate_limit, EvaluationWindowSec=RATE_WINDOW_SECONDS
    )
    rate_rule = wafv2.WebACLRule(
        Name="RateLimit",
        Priority=len(RULE_GROUPS),
        Action=wafv2.RuleAction(Block=wafv2.BlockAction()),
        Statement=wafv2.Statement(RateBasedStatement=limit),
        VisibilityConfig=_visible("RateLimit"),
    )
    return wafv2.WebACL(
        # The id contains the scope, which can't change in place.
        context.id("WebAcl" if scope == "CLOUDFRONT" else "RegionalWebAcl"),
        Scope=scope,
        Description=f"Protects the resilient website {context.site}",
        DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
        VisibilityConfig=_visible(f"{context.site}WebAcl"),
        Rules=[*(_managed(priority, name) for priority, name in enumerate(RULE_GROUPS)), rate_rule],
    )


def _managed(priority: int, name: str) -> wafv2.WebACLRule:
    """Return the rule for one of AWS's rule groups, in which rules that are too strict only count."""
    counted = [
        wafv2.RuleActionOverride(Name=rule, ActionToUse=wafv2.RuleAction(Count=wafv2.CountAction()))
        for rule in TOO_STRICT.get(name, ())
    ]
    overrides: dict[str, Any] = {"RuleActionOverrides": counted} if counted else {}
    return wafv2.WebACLRule(
        Name=name,
        Priority=priority,
        OverrideAction=wafv2.OverrideAction(**{"None": {}}),
        Statement=wafv2.Statement(
            ManagedRuleGroupStatement=wafv2.ManagedRuleGroupStatement(VendorName="AWS", Name=name, **overrides)
        ),
        VisibilityConfig=_visible(name),
    )


def _visible(name: str) -> wafv2.VisibilityConfig:
    return wafv2.VisibilityConfig(SampledRequestsEnabled=True, CloudWatchMetricsEnabled=True, MetricName=name)
