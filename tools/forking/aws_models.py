"""What boto3's first clients read and work out, done once in the process that is forked (see `template.py`).

It changes boto3 itself, so it is for a process of its own. What is kept depends on botocore's files and code alone.
"""

import importlib
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

# The services that functions call.
SERVICES = (
    *("acm", "cloudformation", "cloudfront", "elbv2", "events", "lambda", "logs", "rds", "route53", "s3"),
    "secretsmanager",
)


def read() -> None:
    """Read botocore's files and folders once for all forks, and import what it imports for its first clients.

    What a session works out of botocore's own code alone is kept as well: new names of events, which handlers take
    any argument, and the parts of the user agent.
    """
    botocore: Any = importlib.import_module("botocore.loaders")
    load = cache(botocore.JSONFileLoader().load_file)
    botocore.JSONFileLoader.load_file = lambda _self, path: load(path)
    own_list = botocore.Loader.list_available_services

    @cache
    def listed(paths: tuple[str, ...], kind: str) -> Any:
        return own_list(botocore.Loader(extra_search_paths=paths, include_default_search_paths=False), kind)

    botocore.Loader.list_available_services = lambda self, type_name: listed(tuple(self.search_paths), type_name)
    _keep_what_hooks_know(importlib.import_module("botocore.hooks"))
    _keep_rules_of_endpoints(importlib.import_module("botocore.regions"))
    agent: Any = importlib.import_module("botocore.useragent")
    agent.sanitize_user_agent_string_component = cache(agent.sanitize_user_agent_string_component)
    parsers: Any = importlib.import_module("botocore.parsers")
    parsers.DEFAULT_TIMESTAMP_PARSER = _timestamp
    # A session of its own: the one that boto3 keeps for all has the variables of its process.
    session = importlib.import_module("boto3.session").Session("none", "none", region_name="us-east-1")
    for service in SERVICES:
        client = session.client(service)
        # These two read how lists are paged, and what can be waited for.
        client.can_paginate(min(client.meta.method_to_api_mapping))
        _ = client.waiter_names


def _keep_what_hooks_know(hooks: Any) -> None:
    """Share what depends on nothing but its arguments among all sessions of a fork, and of the template."""
    hooks.accepts_kwargs = cache(hooks.accepts_kwargs)
    names: dict[str, str] = {}
    own_alias = hooks.EventAliaser._alias_event_name

    def alias(self: Any, event_name: str) -> str:
        if self._event_aliases is not hooks.EVENT_ALIASES:
            return str(own_alias(self, event_name))
        if event_name not in names:
            names[event_name] = own_alias(self, event_name)
        return names[event_name]

    hooks.EventAliaser._alias_event_name = alias


def _keep_rules_of_endpoints(regions: Any) -> None:
    """Share the rules from which endpoints are derived among all clients of a service: they only depend on its files.

    Those are read once, so that their content is the same object each time.
    """
    own_provider = regions.EndpointProvider
    providers: dict[int, Any] = {}

    def provider(ruleset_data: Any, **rest: Any) -> Any:
        if id(ruleset_data) not in providers:
            providers[id(ruleset_data)] = own_provider(ruleset_data, **rest)
        return providers[id(ruleset_data)]

    regions.EndpointProvider = provider


def _timestamp(value: Any) -> Any:
    """Return the time in a response as botocore does; one in ISO 8601 and in UTC without dateutil's slow parser."""
    with suppress(TypeError, ValueError):
        found = datetime.fromisoformat(value) if "T" in value else None
        if found is not None and found.tzinfo is UTC:
            return found
    return importlib.import_module("botocore.utils").parse_timestamp(value)
