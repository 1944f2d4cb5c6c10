"""Random compact resources that are all right, for laws that must hold for every one of them."""

from typing import Any

from hypothesis import strategies as st

from resilient_website.facts.rds import EXTENDED_SUPPORT, NO_EXTENDED_SUPPORT
from resilient_website.reading.countries import COUNTRIES
from resilient_website.reading.versions import NEWEST
from tests.expansion.shared_draws import shared

ZONES = st.integers(2, 4)

# What the functions in random sites name. No value of them is known before the stack is made.
SECTIONS: dict[str, Any] = {
    "Conditions": {"Live": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "live"]}},
    "Mappings": {"A": {"123456789012": {"C": "db.t4g.medium"}}},
}


def in_template(properties: Any) -> dict[str, Any]:
    """Return a template with a site, and with what the functions in random sites name.

    The site is of the newest version of the expansion, unless it names another: new versions are what is judged.
    """
    written = {"Version": NEWEST, **properties} if isinstance(properties, dict) else properties
    return {**SECTIONS, "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": written}}}


# Whatever people write. No templates hold control characters: YAML has none.
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)


def _some(**properties: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return maps with any of these properties."""
    return st.fixed_dictionaries({}, optional=properties)


# What every service takes. Source: "Tag naming limits and requirements".
TAG_TEXT = st.characters(categories=["L", "N", "Zs"], include_characters="_.:/=+-@")


def _is_own(text: str) -> bool:
    """Tell whether a text begins as none of AWS's own tags."""
    return text[:4].lower() not in ("aws:", "rds:")


TAGS = st.lists(
    st.fixed_dictionaries(
        {
            "Key": st.text(TAG_TEXT, min_size=1, max_size=128).filter(_is_own),
            "Value": st.text(TAG_TEXT, min_size=1, max_size=256).filter(_is_own),
        }
    ),
    max_size=40,
    unique_by=lambda tag: tag["Key"].lower(),
)

OWN_VPC = _some(
    AvailabilityZones=ZONES,
    CidrBlock=st.sampled_from(["10.0.0.0/16", "172.16.0.0/20", "192.168.4.0/22", "10.9.8.0/23"]),
    Ipv6=st.booleans(),
    FlowLogs=st.sampled_from(["ALL", "REJECT", "None"]),
    EndpointServices=st.lists(st.sampled_from(["sqs", "kms", "ecr.api"]), unique=True),
)
PRIVATE = st.fixed_dictionaries(
    {"WebSubnets": st.just("Private")},
    optional={
        "AvailabilityZones": ZONES,
        "Ipv6": st.booleans(),
        "NatGateways": st.sampled_from(["PerZone", "None"]),
    },
)


def _subnets(tier: str, count: int) -> list[str]:
    return [f"subnet-0123456789abcde{tier}{number}" for number in range(count)]


EXISTING_VPC = ZONES.flatmap(
    lambda count: st.fixed_dictionaries(
        {
            "VpcId": st.sampled_from(["vpc-0123456789abcdef0", {"Fn::ImportValue": "vpc"}]),
            "PublicSubnetIds": st.just(_subnets("a", count)),
            "DatabaseSubnetIds": st.just(_subnets("c", count)),
        },
        optional={"WebSubnetIds": st.just(_subnets("b", count)), "Ipv6": st.booleans()},
    )
)
NETWORK = OWN_VPC | PRIVATE | EXISTING_VPC
LOAD_BALANCER = _some(
    AccessLogs=st.booleans(),
    DeletionProtection=st.booleans() | st.just({"Fn::If": ["Live", True, False]}),
    IdleTimeout=st.integers(1, 4000),
    StickinessSeconds=st.integers(1, 604800),
    Algorithm=st.sampled_from(["round_robin", "least_outstanding_requests"]),
) | _some(SlowStart=st.integers(30, 900), DeregistrationDelay=st.integers(0, 3600))
ARTIFACT = st.fixed_dictionaries(
    {"Bucket": st.just("releases"), "Key": st.sampled_from(["a/1.zip", "b.tar.gz"]), "Command": st.just("./run")},
    optional={"Install": st.just("./install")},
)
SCRIPTS = st.sampled_from(["#!/bin/sh\necho hi", "echo plain", {"Fn::Base64": {"Fn::Sub": "x ${Site.VpcId}"}}])
# In whatever Region the site is.
PLACE = "${AWS::Region}:${AWS::AccountId}"
REFERENCES = st.sampled_from(
    [
        {"Fn::Sub": f"arn:aws:secretsmanager:{PLACE}:secret:shop-AbCdEf"},
        {"Fn::Sub": f"arn:${{AWS::Partition}}:secretsmanager:{PLACE}:secret:shop-AbCdEf:key::"},
        {"Fn::Sub": f"arn:aws:ssm:{PLACE}:parameter/shop/license"},
        {"Fn::Join": ["", [{"Fn::Sub": f"arn:aws:secretsmanager:{PLACE}:secret:b-AbCdEf"}, ":key"]]},
    ]
)
IN_ECR = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com"
CONTAINER = st.fixed_dictionaries(
    {
        "Image": st.sampled_from(
            [
                {"Fn::Sub": f"{IN_ECR}/shop:1.4.0"},
                {"Fn::Join": ["@", [{"Fn::Sub": f"{IN_ECR}/a/b"}, f"sha256:{'0' * 64}"]]},
            ]
        )
    },
    optional={"Command": st.sampled_from([["serve"], ["serve", {"Ref": "AWS::Region"}, "it's"]])},
)
ENVIRONMENT = _some(
    Variables=st.dictionaries(st.from_regex(r"APP_[A-Z]{1,3}", fullmatch=True), st.sampled_from(["x", 1, "a b"])),
    Secrets=st.dictionaries(st.sampled_from(["A_KEY", "B_KEY", "C_KEY"]), REFERENCES),
    KmsKeyArns=st.just([{"Fn::Sub": f"arn:aws:kms:{PLACE}:key/12345678-1234-1234-1234-123456789012"}]),
    OnChange=st.just("systemctl try-restart website"),
)


def canary(**release: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return canaries, some of which try out a release now."""
    shares = {
        "CanaryPercent": st.integers(1, 50),
        "CanaryBakeTimeInMinutes": st.integers(5, 180),
        "CanaryLatencyPercent": st.sampled_from([0, 10, 1000]),
    }
    return st.booleans() | _some(**shares) | st.fixed_dictionaries(release, optional=shares)


WEB_SERVERS = (
    _some(
        InstanceType=st.sampled_from(
            ["t4g.micro", "t3.small", "m7g.large", "c7gn.xlarge", "g4dn.xlarge", "x2gd.medium"]
        ),
        ImageId=st.just("ami-0123456789abcdef0"),
        MinSize=st.integers(4, 20),
        MaxSize=st.integers(21, 60),
        Port=st.integers(1, 65535),
        HealthCheckPath=st.sampled_from(["/", "/health", "/up?deep=1"]),
        UserData=SCRIPTS,
        CpuUtilizationTarget=st.integers(10, 90),
        RequestCountPerTarget=st.integers(1, 9999),
        OnDemandPercentageAboveBaseCapacity=st.integers(0, 100),
        UpdateStrategy=st.sampled_from(["RollingUpdate", "InstanceRefresh"]),
        MaxInstanceLifetime=st.integers(86400, 31536000),
        ScheduledActions=st.lists(
            st.fixed_dictionaries(
                {
                    "Recurrence": st.sampled_from(["0 8 * * *", "*/15 8-18 1,15 JAN MON-FRI"]),
                    "MinSize": st.integers(4, 6),
                },
                optional={"TimeZone": st.sampled_from(["UTC", "Europe/Berlin", "Etc/GMT+9"])},
            ),
            max_size=2,
            unique_by=lambda action: action["Recurrence"],
        ),
        StartupTimeout=st.sampled_from(["PT5M", "PT15M", "PT1H"]),
        Drain=st.booleans() | _some(HeartbeatTimeout=st.integers(30, 7200), Script=SCRIPTS),
        CloudWatchAgent=st.booleans(),
        Environment=ENVIRONMENT,
    )
    | st.fixed_dictionaries(
        {
            "InstanceType": st.just("m7g.large"),
            "InstanceTypes": st.just(["c7g.large", "t4g.large"]),
            "Artifact": ARTIFACT,
        },
        optional={"Canary": canary(Key=st.just("shop-2.zip"))},
    )
    | st.fixed_dictionaries(
        {"Container": CONTAINER},
        optional={
            "Environment": ENVIRONMENT,
            "Drain": st.booleans(),
            "Canary": canary(Image=st.just({"Fn::Sub": f"{IN_ECR}/shop:1.5.0"})),
        },
    )
)
DATABASE = st.booleans() | _some(
    ReadReplicas=st.integers(0, 5),
    AllocatedStorage=st.integers(20, 400),
    EngineVersion=st.sampled_from(["8.0", "8.4", "8.4.8"]),
    EngineLifecycleSupport=st.sampled_from([NO_EXTENDED_SUPPORT, EXTENDED_SUPPORT]),
    DBInstanceClass=st.sampled_from(
        ["db.t4g.small", "db.r6g.large", {"Fn::FindInMap": ["A", {"Ref": "AWS::AccountId"}, "C"]}]
    ),
    BackupRetentionPeriod=st.integers(1, 35),
    BackupPlan=st.booleans() | _some(MinRetentionDays=st.integers(1, 35)),
    DBSnapshotIdentifier=st.just("last-night"),
    Parameters=st.just({"max_connections": "500"}),
    KmsKeyId=st.just("alias/website"),
    MonitoringInterval=st.sampled_from([0, 60]),
    SecretRotationDays=st.sampled_from([0, 30]),
    EnableCloudwatchLogsExports=st.sampled_from([[], ["error"], ["error", "slowquery"]]),
    DeletionProtection=st.booleans(),
)
CACHE = (
    st.booleans()
    | _some(
        Engine=st.sampled_from(["valkey", "redis"]),
        Replicas=st.integers(1, 5),
        NumNodeGroups=st.integers(1, 9),
        Authentication=st.booleans(),
        Parameters=st.just({"timeout": "300"}),
    )
    | st.fixed_dictionaries({"Engine": st.just("memcached")}, optional={"NumCacheNodes": st.integers(2, 15)})
)
FILES = st.booleans() | _some(
    ThroughputMode=st.sampled_from(["elastic", "bursting"]),
    TransitionToIA=st.sampled_from(["AFTER_1_DAY", "AFTER_90_DAYS", "None"]),
    KmsKeyId=st.just("alias/website"),
)
DELIVERY = _some(
    Caching=st.sampled_from(["OriginCacheControl", "Disabled"]),
    ConnectionAttempts=st.integers(1, 3),
    SecurityHeaders=st.booleans(),
    OriginShield=st.booleans(),
    AccessLogs=st.booleans(),
    GeoRestriction=st.fixed_dictionaries(
        {
            "RestrictionType": st.just("whitelist"),
            # Where Route 53's health checkers ask from most.
            "Locations": st.lists(st.sampled_from(sorted(COUNTRIES)), max_size=5).map(lambda more: ["US", *more]),
        }
    ),
) | _some(
    CacheKeyHeaders=st.lists(
        st.sampled_from(["Accept", "Accept-Language", "HX-Request", "X-Tenant"]), min_size=1, unique=True
    )
)
SECURITY = _some(WebACL=st.sampled_from(["None", "ManagedRules"]), OriginSecretRotationDays=st.sampled_from([0, 7]))
MONITORING = st.fixed_dictionaries(
    {"AlarmEmail": st.just("a@example.com")}, optional={"MonthlyBudget": st.integers(1, 9999)}
) | _some(AlarmTopicArn=st.just({"Fn::ImportValue": "topic"}), Dashboard=st.booleans(), LogRetentionInDays=st.just(30))
TIERS = {
    "Network": NETWORK,
    "LoadBalancer": LOAD_BALANCER,
    "Delivery": DELIVERY,
    "Security": SECURITY,
    "Monitoring": MONITORING,
    "WebServers": WEB_SERVERS,
    "Database": DATABASE,
    "Cache": CACHE,
    "Files": FILES,
    "Assets": _some(
        PathPattern=st.sampled_from(["/static/*", "/a/b/*"]),
        Immutable=st.booleans(),
        CorsAllowOrigins=st.just(["*"]) | st.just(["https://a.example.com", "https://*.example.com"]),
    ),
    "Fallback": _some(
        Title=WORDS,
        Language=st.sampled_from(["en", "en-GB"]),
        ContactEmail=st.just("a@example.com"),
        Region=st.sampled_from(["us-west-2", "eu-west-1"]),
    ),
    "Drills": st.booleans(),
    "Tags": TAGS,
}
WITHOUT_FALLBACK = {name: tier for name, tier in TIERS.items() if name != "Fallback"}
DOMAIN = {
    "DomainName": st.sampled_from(["www.example.com", "example.com"]),
    "HostedZoneId": st.just("Z0123456789ABCDEFGHIJ"),
}
ALTERNATE = {"AlternateDomainNames": st.lists(st.sampled_from(["a.example.com", "b.example.com"]), unique=True)}

SCHEDULE = st.sampled_from(["rate(1 day)", "rate(6 hours)", "cron(0 3 * * ? *)", "cron(0/15 8-18 ? * MON-FRI 2031)"])
SOURCE = st.fixed_dictionaries(
    {"Crawl": st.just(True) | _some(MaxPages=st.integers(1, 5000), Paths=st.just(["/shop"]))},
    optional={"ScheduleExpression": SCHEDULE, "KeepVersions": st.integers(2, 100)},
) | st.just({"BucketPrefix": {"Bucket": "static-site", "Prefix": "site/"}})
SAVED = st.fixed_dictionaries({"Source": SOURCE}, optional={"Title": WORDS})


def possible(site: dict[str, Any]) -> dict[str, Any]:
    """Return a site without what can't go together.

    Drills need the zones' names, which are unknown for an existing VPC; the smallest VPC has no room for many servers;
    a snapshot has its own key; MySQL 8.0 requires Extended Support; and with the load balancer as the front door,
    CloudFront's settings have no effect.
    """
    without: dict[str, set[str]] = {}
    if not site.get("WebServers", {}).keys().isdisjoint({"MinSize", "MaxSize"}):
        without["Network"] = {"CidrBlock"} if site.get("Network", {}).get("CidrBlock", "").endswith("/23") else set()
    if "VpcId" in site.get("Network", {}):
        site = {**site, "Drills": False}
    database = site.get("Database")
    if isinstance(database, dict) and database.get("EngineVersion") == "8.0":
        database = {**database, "EngineLifecycleSupport": EXTENDED_SUPPORT}
        site = {**site, "Database": database}
    if isinstance(database, dict) and "DBSnapshotIdentifier" in database:
        without["Database"] = {"KmsKeyId"}
    if site.get("FrontDoor") == "LoadBalancer":
        without["Delivery"] = {"OriginShield", "AccessLogs", "GeoRestriction"}
    return site | {
        name: {key: value for key, value in site[name].items() if key not in left_out}
        for name, left_out in without.items()
        if name in site
    }


# Properties of a site: without a domain; or with one, behind either front door; or with saved pages.
ANY_SITES = (
    st.fixed_dictionaries({}, optional=TIERS)
    | st.fixed_dictionaries(
        DOMAIN,
        optional={
            **TIERS,
            **ALTERNATE,
            "FrontDoor": st.sampled_from(["CloudFront", "LoadBalancer"]),
            "HealthCheck": _some(RequestInterval=st.sampled_from([10, 30]), SearchString=st.just("ok")),
        },
    )
    | st.fixed_dictionaries({**DOMAIN, "Fallback": SAVED}, optional={**WITHOUT_FALLBACK, **ALTERNATE})
).map(possible)

# What the laws are tried with.
SITES = shared("sites", ANY_SITES, 40, 400)
