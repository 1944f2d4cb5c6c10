"""The listeners, and the rules for requests from CloudFront, health checkers and others.

Route 53's health checkers use the default name of CloudFront or the load balancer, since other names go through the
failover records. Many applications accept only their site's names (Django's ALLOWED_HOSTS, Rails' config.hosts, virtual
hosts), so the load balancer replaces the default names in the Host header by the site's name. Source: "Transforms for
listener rules" in the Application Load Balancer guide.
"""

import re
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, Ref
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.context import Context
from resilient_website.tiers.load_balancer import canary, origin_secret
from resilient_website.tiers.load_balancer.canary import CanaryShare
from resilient_website.tiers.load_balancer.spec import Exposure, LoadBalancerSpec

# The default names of CloudFront and the load balancer, in the Host header.
CLOUDFRONTS_NAME = r"^[A-Za-z0-9]+\.cloudfront\.net(:[0-9]+)?$"
LOAD_BALANCERS_NAME = r"^[A-Za-z0-9.-]+\.elb\.amazonaws\.com(:[0-9]+)?$"
OWN_NAME = "*.elb.amazonaws.com"

# Lower priorities are evaluated first. 1 to 10 are left to rules outside the stack: those of the command maintenance.
# Both rules exist while a site changes its front door, so their priorities differ. Source: "Listener rules for your
# Application Load Balancer".
FIRST_PRIORITY = 11
CLOUDFRONT_PRIORITY, OWN_NAME_PRIORITY = FIRST_PRIORITY, FIRST_PRIORITY + 1
OWN_NAME_RULE = "OwnName"


class Targets(NamedTuple):
    """The site's target group; and with a canary, the canary's, with its share."""

    own: elb.TargetGroup
    canary: elb.TargetGroup | None = None
    share: CanaryShare | None = None

    def forward(self, spec: LoadBalancerSpec) -> dict[str, Any]:
        """Return the action for visitors' requests."""
        if self.canary is None or self.share is None:
            return self.forward_to_own()
        return canary.forward(spec, self.own, self.canary, self.share)

    def forward_to_own(self) -> dict[str, Any]:
        """Return the action for requests that no canary gets."""
        return {"Type": "forward", "TargetGroupArn": Ref(self.own)}

    @property
    def waits_for(self) -> dict[str, Any]:
        """The attributes of what forwards visitors' requests: the canary gets none before its servers are ready."""
        return {"DependsOn": list(self.share.ready)} if self.share and self.share.ready else {}


def build(context: Context, spec: LoadBalancerSpec, exposure: Exposure, targets: Targets) -> tuple[AWSObject, ...]:
    """Return the listeners and, if CloudFront is the front door, the rule that requires the secret header.

    Requests without the header are rejected, unless direct access is on.
    """
    forward = targets.forward(spec)
    refusal = elb.FixedResponseConfig(StatusCode="403", ContentType="text/plain", MessageBody="Not this way.")
    refused = {"Type": "fixed-response", "FixedResponseConfig": refusal}
    waits_for = targets.waits_for if exposure.to_everybody else {}
    action = elb.Action(**(forward if exposure.to_everybody else refused))
    listener = _listener(context, spec, exposure, action, waits_for)
    redirect = (_redirect_to_https(context),) if exposure.to_everybody else ()
    if not exposure.behind_cloudfront:
        return listener, _own_name(context, listener, exposure, targets.forward_to_own()), *redirect
    header = elb.HttpHeaderConfig(HttpHeaderName=origin_secret.HEADER, Values=[_header_value(context, exposure)])
    rule = elb.ListenerRule(
        context.id(origin_secret.RULE),
        ListenerArn=Ref(listener),
        Priority=CLOUDFRONT_PRIORITY,
        Conditions=[elb.Condition(Field="http-header", HttpHeaderConfig=header)],
        Actions=[elb.ListenerRuleAction(**forward)],
        **targets.waits_for,
        **_as_the_site(exposure, CLOUDFRONTS_NAME),
    )
    return listener, rule, *redirect


def _header_value(context: Context, exposure: Exposure) -> AWSHelperFn:
    """Return the secret header's value: of the site's secret, or of its replica in the copy's Region."""
    return origin_secret.value(context) if exposure.replica is None else origin_secret.value_of(exposure.replica)


def _own_name(context: Context, listener: elb.Listener, exposure: Exposure, forward: dict[str, Any]) -> AWSObject:
    """Return the rule for requests with the load balancer's default name, which health checkers send.

    With a copy in another Region, health checkers send the name of the active half's load balancer.
    """
    active = exposure.active_name
    names = [OWN_NAME] if active is None else [OWN_NAME, active]
    pattern = LOAD_BALANCERS_NAME if active is None else f"^{re.escape(active)}(:[0-9]+)?$"
    return elb.ListenerRule(
        context.id(OWN_NAME_RULE),
        ListenerArn=Ref(listener),
        Priority=OWN_NAME_PRIORITY,
        Conditions=[elb.Condition(Field="host-header", HostHeaderConfig=elb.HostHeaderConfig(Values=names))],
        Actions=[elb.ListenerRuleAction(**forward)],
        **_as_the_site(exposure, pattern),
    )


def _as_the_site(exposure: Exposure, name: str) -> dict[str, Any]:
    """Return the Host header rewrite to the site's name; nothing without a domain, which has no health check."""
    if exposure.site_name is None:
        return {}
    rewrite = elb.RewriteConfig(Regex=name, Replace=exposure.site_name)
    config = elb.RewriteConfigObject(Rewrites=[rewrite])
    return {"Transforms": [elb.Transform(Type="host-header-rewrite", HostHeaderRewriteConfig=config)]}


def _listener(
    context: Context, spec: LoadBalancerSpec, exposure: Exposure, action: elb.Action, waits_for: dict[str, Any]
) -> elb.Listener:
    """Return the listener: HTTPS if there is a certificate, else HTTP."""
    tls: dict[str, Any] = (
        {"SslPolicy": spec.ssl_policy, "Certificates": [elb.Certificate(CertificateArn=exposure.certificate)]}
        if exposure.certificate is not None
        else {}
    )
    return elb.Listener(
        context.id("Listener" + ("Https" if tls else "Http")),
        LoadBalancerArn=Ref(context.id("LoadBalancer")),
        Port=exposure.port,
        Protocol="HTTPS" if tls else "HTTP",
        DefaultActions=[action],
        **waits_for,
        **tls,
    )


def _redirect_to_https(context: Context) -> elb.Listener:
    redirect = elb.RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301")
    return elb.Listener(
        context.id("ListenerHttp"),
        LoadBalancerArn=Ref(context.id("LoadBalancer")),
        Port=80,
        Protocol="HTTP",
        DefaultActions=[elb.Action(Type="redirect", RedirectConfig=redirect)],
    )
