"""What botocore works out of its own files alone: read once in the process that forks, and kept for all its forks.

`template.py` runs this file if boto3 is among its modules. Nothing is kept that depends on the variables, the
credentials, the Region or the endpoint of a process: its sessions and clients are its own.
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
# The files that clients look for when they are made, or are asked for a paginator or a waiter.
KINDS = ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2")


def read_models() -> None:
    """Read the models of the services, and import what botocore imports for its first clients."""
    _keep_files(importlib.import_module("botocore.loaders"))
    _keep_what_models_say(importlib.import_module("botocore.client"), importlib.import_module("botocore.regions"))
    _keep_what_hooks_know(importlib.import_module("botocore.hooks"))
    agent: Any = importlib.import_module("botocore.useragent")
    agent.sanitize_user_agent_string_component = cache(agent.sanitize_user_agent_string_component)
    importlib.import_module("botocore.parsers").DEFAULT_TIMESTAMP_PARSER = _timestamp
    # A session of its own: the one that boto3 keeps for all has the variables of its process.
    session = importlib.import_module("boto3.session").Session("none", "none", region_name="us-east-1")
    loader = session._loader
    for kind in KINDS:
        loader.list_available_services(kind)
    for service in SERVICES:
        client = session.client(service)
        _ = client.exceptions, client.waiter_names
        client.can_paginate(next(iter(client.meta.method_to_api_mapping)))
        for name in client.meta.service_model.operation_names:
            operation = client.meta.service_model.operation_model(name)
            _ = operation.input_shape, operation.output_shape


def _keep_files(loaders: Any) -> None:
    """Read each file, and list each folder of services, once."""
    read = cache(loaders.JSONFileLoader().load_file)
    loaders.JSONFileLoader.load_file = lambda _self, path: read(path)
    own_list = loaders.Loader.list_available_services

    @cache
    def listed(paths: tuple[str, ...], kind: str) -> Any:
        return own_list(loaders.Loader(extra_search_paths=paths, include_default_search_paths=False), kind)

    loaders.Loader.list_available_services = lambda self, type_name: listed(tuple(self.search_paths), type_name)


def _keep_what_models_say(client: Any, regions: Any) -> None:
    """Make one model, one set of methods and one set of rules for endpoints of each file.

    A file that has been read is the same object each time, and so stands for its content.
    """
    own_model, own_methods, own_provider = (
        client.ServiceModel,
        client.ClientCreator._create_methods,
        regions.EndpointProvider,
    )
    models: dict[tuple[int, str], Any] = {}
    methods: dict[int, Any] = {}
    providers: dict[tuple[int, int, frozenset[str]], Any] = {}

    def model(description: Any, service_name: str) -> Any:
        key = id(description), service_name
        if key not in models:
            models[key] = own_model(description, service_name=service_name)
        return models[key]

    def create_methods(self: Any, service_model: Any) -> Any:
        key = id(service_model)
        if key not in methods:
            # With the model, whose id is given to no other while it exists.
            methods[key] = service_model, own_methods(self, service_model)
        return dict(methods[key][1])

    def provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
        key = id(ruleset_data), id(partition_data), frozenset(excluded_params or ())
        if key not in providers:
            providers[key] = own_provider(ruleset_data, partition_data, excluded_params)
        return providers[key]

    client.ServiceModel = model
    client.ClientCreator._create_methods = create_methods
    regions.EndpointProvider = provider


def _keep_what_hooks_know(hooks: Any) -> None:
    """Share which handlers take any argument, and the new names of events, among all sessions."""
    hooks.accepts_kwargs = cache(hooks.accepts_kwargs)
    names: dict[str, str] = {}
    # An old name is a part of the event's name or, if it has dots, several: its first part is one of them.
    first_parts = {old.partition(".")[0] for old in hooks.EVENT_ALIASES}
    own_alias = hooks.EventAliaser._alias_event_name

    def alias(self: Any, event_name: str) -> str:
        if self._event_aliases is not hooks.EVENT_ALIASES:
            return str(own_alias(self, event_name))
        if event_name not in names:
            has_old_name = not first_parts.isdisjoint(event_name.split("."))
            names[event_name] = own_alias(self, event_name) if has_old_name else event_name
        return names[event_name]

    hooks.EventAliaser._alias_event_name = alias


def _timestamp(value: Any) -> Any:
    """Return the time in a response as botocore does; one in ISO 8601 and in UTC without dateutil's slow parser."""
    with suppress(TypeError, ValueError):
        found = datetime.fromisoformat(value) if "T" in value else None
        if found is not None and found.tzinfo is UTC:
            return found
    return importlib.import_module("botocore.utils").parse_timestamp(value)


read_models()
