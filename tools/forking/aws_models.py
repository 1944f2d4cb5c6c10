"""What boto3's first clients read and work out, done once in the process that is forked (see `server.py`).

It changes boto3 itself, so it is for a process of its own. What is kept depends on botocore's files and code alone.
"""

import importlib
import ssl
from contextlib import suppress
from copy import copy
from datetime import UTC, datetime
from functools import cache
from typing import Any

# The services that functions call.
SERVICES = (
    *("acm", "cloudformation", "cloudfront", "elbv2", "events", "lambda", "logs", "rds", "route53", "s3"),
    *("secretsmanager", "ssm"),
)

# What is made here stays. If it were freed, forks would put their own objects in between those that stay, and each page
# that they write to is copied: a fifth more of them.
_kept: list[Any] = []


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
    def listed(folder: str, kind: str) -> Any:
        # Of one folder: AWS_DATA_PATH adds another to botocore's own.
        return own_list(botocore.Loader(extra_search_paths=(folder,), include_default_search_paths=False), kind)

    botocore.Loader.list_available_services = lambda self, type_name: sorted(
        {service for folder in self.search_paths for service in listed(folder, type_name)}
    )
    _keep_what_hooks_know(importlib.import_module("botocore.hooks"))
    _keep_rules_of_endpoints(importlib.import_module("botocore.regions"))
    _keep_models_of_services(importlib.import_module("botocore.client"))
    _use_variables(importlib.import_module("botocore.session"), importlib.import_module("botocore.credentials"))
    # By which a connection looks up its host's name.
    importlib.import_module("encodings.idna")
    _begin_a_connection(importlib.import_module("botocore.httpsession"))
    agent: Any = importlib.import_module("botocore.useragent")
    agent.sanitize_user_agent_string_component = cache(agent.sanitize_user_agent_string_component)
    parsers: Any = importlib.import_module("botocore.parsers")
    parsers.DEFAULT_TIMESTAMP_PARSER = _timestamp
    # A session of its own: the one that boto3 keeps for all has the variables of its process.
    session = importlib.import_module("boto3.session").Session("none", "none", region_name="us-east-1")
    _kept.append(session)
    for service in SERVICES:
        client = session.client(service)
        _kept.append(client)
        # These two read how lists are paged, and what can be waited for.
        client.can_paginate(min(client.meta.method_to_api_mapping))
        _ = client.waiter_names
        # Which of a service's shapes are errors.
        _ = client.exceptions
        for name in client.meta.service_model.operation_names:
            operation = client.meta.service_model.operation_model(name)
            _ = operation.input_shape, operation.output_shape
        _begin_a_request(client)


def _begin_a_connection(connections: Any) -> None:
    """Let OpenSSL find its algorithms, up to where a connection would send its first message: half of its work."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        connections.create_urllib3_context().wrap_bio(received, sent, server_hostname="localhost").do_handshake()


def _begin_a_request(client: Any) -> None:
    """Let botocore work out what it does for a service's first request, up to where it would be sent."""
    operations = client.meta.service_model

    def needs_nothing(name: str) -> bool:
        shape = operations.operation_model(name).input_shape
        return shape is None or not shape.required_members

    def stop(**_: Any) -> None:
        raise InterruptedError

    client.meta.events.register("before-send", stop)
    name = next(name for name in operations.operation_names if needs_nothing(name))
    with suppress(InterruptedError):
        client._make_api_call(name, {})


def _keep_what_hooks_know(hooks: Any) -> None:
    """Share what depends on nothing but its arguments among all sessions of a fork, and of the template."""
    own_accepts = cache(hooks.accepts_kwargs)
    # A method takes what its function takes; that one is the same for all objects.
    hooks.accepts_kwargs = lambda handler: own_accepts(getattr(handler, "__func__", handler))
    names: dict[str, str] = {}
    # An old name is a part of the event's name or, if it has dots, several: its first part is one of them.
    first_parts = {old.partition(".")[0] for old in hooks.EVENT_ALIASES}
    own_alias = hooks.EventAliaser._alias_event_name

    def copied(self: Any) -> Any:
        # botocore copies the old names too, for each client, and would look for all of them in each name again.
        return type(self)(copy(self._emitter), self._event_aliases)

    def alias(self: Any, event_name: str) -> str:
        if self._event_aliases is not hooks.EVENT_ALIASES:
            return str(own_alias(self, event_name))
        if event_name not in names:
            has_old_name = not first_parts.isdisjoint(event_name.split("."))
            names[event_name] = own_alias(self, event_name) if has_old_name else event_name
        return names[event_name]

    hooks.EventAliaser.__copy__ = copied
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


def _use_variables(session: Any, credentials: Any) -> None:
    """Look for credentials in the variables first, as botocore does, and prepare no other place if they are there.

    botocore prepares two connections and a dozen settings for places that it doesn't ask then.
    """
    own_credentials = session.Session.get_credentials

    def get_credentials(self: Any) -> Any:
        if self._credentials is None and self.instance_variables().get("profile") is None:
            self._credentials = credentials.EnvProvider().load()
        return own_credentials(self)

    session.Session.get_credentials = get_credentials


def _keep_models_of_services(client: Any) -> None:
    """Share a service's model, with the shapes that it has found, and the methods of its clients."""
    own_model, own_methods = client.ServiceModel, client.ClientCreator._create_methods
    models: dict[tuple[int, str], Any] = {}
    methods: dict[Any, dict[str, Any]] = {}

    def model(description: Any, service_name: str) -> Any:
        key = id(description), service_name
        if key not in models:
            models[key] = own_model(description, service_name=service_name)
        return models[key]

    def create_methods(self: Any, service_model: Any) -> dict[str, Any]:
        if service_model not in methods:
            methods[service_model] = own_methods(self, service_model)
        # A copy: what listens to the making of a class adds to it.
        return dict(methods[service_model])

    client.ServiceModel = model
    client.ClientCreator._create_methods = create_methods


def _timestamp(value: Any) -> Any:
    """Return the time in a response as botocore does; one in ISO 8601 and in UTC without dateutil's slow parser."""
    with suppress(TypeError, ValueError):
        found = datetime.fromisoformat(value) if "T" in value else None
        if found is not None and found.tzinfo is UTC:
            return found
    return importlib.import_module("botocore.utils").parse_timestamp(value)
