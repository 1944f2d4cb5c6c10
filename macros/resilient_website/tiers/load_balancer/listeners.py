"""The listeners: what happens to a request that arrives, and to one that does not come from CloudFront."""

from typing import Any

from troposphere import AWSObject, Ref
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.context import Context
from resilient_website.tiers.load_balancer import origin_secret
from resilient_website.tiers.load_balancer.spec import Exposure, LoadBalancerSpec


def build(
    context: Context, spec: LoadBalancerSpec, exposure: Exposure, targets: elb.TargetGroup
) -> tuple[AWSObject, ...]:
    """Return the listeners and the rule that asks for the secret header, if CloudFront is the front door.

    Who comes without the header is turned away, but where visitors may come directly too.
    """
    forward = {"Type": "forward", "TargetGroupArn": Ref(targets)}
    refusal = elb.FixedResponseConfig(StatusCode="403", ContentType="text/plain", MessageBody="Not this way.")
    refused = {"Type": "fixed-response", "FixedResponseConfig": refusal}
    listener = _listener(context, spec, exposure, elb.Action(**(forward if exposure.to_everybody else refused)))
    redirect = (_redirect_to_https(context),) if exposure.to_everybody else ()
    if not exposure.behind_cloudfront:
        return listener, *redirect
    header = elb.HttpHeaderConfig(HttpHeaderName=origin_secret.HEADER, Values=[origin_secret.value(context)])
    rule = elb.ListenerRule(
        context.id(origin_secret.RULE),
        ListenerArn=Ref(listener),
        Priority=1,
        Conditions=[elb.Condition(Field="http-header", HttpHeaderConfig=header)],
        Actions=[elb.ListenerRuleAction(**forward)],
    )
    return listener, rule, *redirect


def _listener(context: Context, spec: LoadBalancerSpec, exposure: Exposure, action: elb.Action) -> elb.Listener:
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
