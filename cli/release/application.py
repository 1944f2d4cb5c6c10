"""The application of a deployed site: what it is now, and an update that changes it and nothing else.

A property that is a literal is changed in the template, one that is a Ref to a parameter in the stack's parameters.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.analysis.availability.references import placeholders, referenced_id
from cli.deployed.site import DeployedSite
from cli.deployed.stack_update import Request
from cli.deployed.templates import compact_properties
from cli.release import branches
from cli.release.release import ARTIFACT, CANARY, CONTAINER, Canary, Kind, Release
from cli.template_file import to_compact_json
from resilient_website.cloudformation.declared_parameters import in_parameter_store
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.web_servers.canary import CanarySpec


@dataclass(frozen=True)
class Application:
    """The property in a stack's template as it was written, and the values of the stack's parameters."""

    site: DeployedSite
    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    kind: Kind

    @property
    def group(self) -> dict[str, Any]:
        """The property. Raises InvalidTemplateError if the site has none."""
        return self._group(self.template)

    @property
    def is_pinned(self) -> bool:
        """Whether the servers fetch one version of the object only. An empty value is as none."""
        name = self.kind.names.get("version_id")
        return name in self.group and bool(self.value(str(name)))

    @property
    def current(self) -> Release:
        """The release that the stack has."""
        return Release(
            **{field: self.value(name) for field, name in self.kind.names.items() if name in self.group},
        )

    @property
    def bucket(self) -> str:
        """The bucket's name, or the placeholder of a resource of the stack."""
        return self.value("Bucket", may_refer=True)

    @property
    def bucket_resource(self) -> str | None:
        """The bucket's logical id, if it is a resource of the stack."""
        return referenced_id(self.bucket)

    def value(self, name: str, *, may_refer: bool = False) -> str:
        """Return the value of one of the group's properties. Raises InvalidTemplateError if it is not known."""
        value = self.resolved(self.group.get(name))
        known = isinstance(value, str) and "⟨?" not in value and (not placeholders(value) or may_refer)
        if known:
            return str(value)
        raise self._unknown(f"{self.kind.path}.{name}")

    def _unknown(self, path: str) -> InvalidTemplateError:
        fix = "write it, or a Ref to a parameter of the template"
        return InvalidTemplateError([Problem(f"{self.site.title}: {path}", "its value is not known here", fix)])

    def resolved(self, value: Any) -> Any:
        """Return a value of the template with the values of the stack's parameters."""
        return Intrinsics(self.template, self.site.region, self.parameters).value(value)

    def of_servers(self, name: str) -> Any:
        """Return the value of a property of WebServers; None if it is not written."""
        return self.resolved(servers_of(self.template, self.site).get(name))

    @property
    def canary(self) -> Canary | None:
        """How a release is tried out, and which one is now; None for a site without canaries."""
        written = self.of_servers(CANARY)
        if written in (True, "true"):
            written = {}
        if not isinstance(written, dict):
            return None
        tried = Release(**{field: self._of_canary(written, name) for field, name in self.kind.names.items()})
        defaults = CanarySpec()
        return Canary(
            int(self._of_canary(written, "CanaryPercent") or defaults.percent),
            int(self._of_canary(written, "CanaryBakeTimeInMinutes") or defaults.bake_minutes),
            tried if tried.key else None,
        )

    def _of_canary(self, written: Mapping[str, Any], name: str) -> str:
        """Return the value of one of the canary's properties; empty if it is absent, as that of an empty parameter."""
        text = str(written.get(name, ""))
        if "⟨?" in text or placeholders(text):
            raise self._unknown(f"WebServers.{CANARY}.{name}")
        return text

    def request(self, release: Release, description: str, tried: Release | None = None) -> Request:
        """Return the update to a release, and to one that is tried out as a canary, if any.

        Of the application, only properties that the template has change; a canary gets the same ones. Raises
        InvalidTemplateError if it can't be written.
        """
        template, parameters = copy.deepcopy(dict(self.template)), dict[str, str]()
        names = {field: name for field, name in self.kind.names.items() if name in self.group}
        for field, name in names.items():
            if getattr(release, field) != self.value(name):
                self._write(self._group(template), self.kind.name, name, getattr(release, field), parameters)
        now = self.canary.running if self.canary else None
        if tried != now:
            group = branches.to_change(servers_of(template, self.site), CANARY, self.resolved)
            for field, name in names.items():
                self._write(group, CANARY, name, getattr(tried, field) if tried else "", parameters)
        return Request(description, self._body(template, changes_canary=tried != now), parameters)

    def _write(self, group: dict[str, Any], path: str, name: str, value: str, parameters: dict[str, str]) -> None:
        """Write a property: into `parameters` if it is a Ref to one, else into its group. Without a value, it goes."""
        parameter = self._parameter(group.get(name, ""), f"{path}.{name}")
        if parameter:
            parameters[parameter] = value
        elif value:
            group[name] = value
        else:
            group.pop(name, None)

    @property
    def file_lines(self) -> tuple[str, ...]:
        """The properties that the update changes in the template, so that the file has to be changed, too."""
        held = {name: self.group[name] for name in self.kind.names.values() if name in self.group}
        return tuple(name for name, value in held.items() if not self._parameter(value, f"{self.kind.name}.{name}"))

    def _parameter(self, value: Any, path: str) -> str | None:
        """Return the parameter that a property refers to. Raises InvalidTemplateError for any other function."""
        if isinstance(value, str):
            return None
        declared = (self.template.get("Parameters") or {}).get(value.get("Ref")) if isinstance(value, dict) else None
        if isinstance(declared, Mapping) and not in_parameter_store(declared):
            return str(value["Ref"])
        fix = "write a Ref to a parameter of the type String, or a literal value"
        raise InvalidTemplateError([Problem(f"{self.site.title}: WebServers.{path}", f"found {value}", fix)])

    def _body(self, template: dict[str, Any], *, changes_canary: bool) -> str | None:
        """Return the template to send; None to keep the stack's, for one that is too large and does not change.

        The template that CloudFormation keeps is what the macro made of the earlier values. That is enough where
        generated resources refer to the parameter, but not where it decides which of them exist. Source:
        "AWS::LanguageExtensions transform" in the CloudFormation Template Reference, on updates of parameters.
        """
        body = to_compact_json(template)
        keeps = template == self.template and not self._is_conditional and not changes_canary
        return None if keeps and len(body.encode()) > MAX_BODY_BYTES else body

    @property
    def _is_conditional(self) -> bool:
        """Whether a condition decides if the site has an application."""
        return servers_of(self.template, self.site).get(self.kind.name) is not self.group

    def _group(self, template: Mapping[str, Any]) -> dict[str, Any]:
        written = servers_of(template, self.site).get(self.kind.name)
        group = branches.with_property(written, self.kind.key, self.resolved)
        if not isinstance(group, dict) or self.kind.key not in group:
            raise _nothing_to_release(self.site, self.kind)
        return group


def application(site: DeployedSite, template: Mapping[str, Any], parameters: Mapping[str, str]) -> Application:
    """Return the application of a site. Raises InvalidTemplateError for a site without one, and a flat template."""
    kind = CONTAINER if CONTAINER.name in servers_of(template, site) else ARTIFACT
    found = Application(site, template, parameters, kind)
    _ = found.group
    return found


def servers_of(template: Mapping[str, Any], site: DeployedSite) -> dict[str, Any]:
    """Return WebServers as it is written, to read or to change; empty without one.

    Raises InvalidTemplateError for a flat template.
    """
    properties = compact_properties(template, site.name)
    if properties is None:
        fix = "deploy the file with the new value; `release` needs the macro's compact resource"
        raise InvalidTemplateError([Problem(site.title, "the stack's template is flat", fix)])
    servers = properties.get("WebServers")
    return servers if isinstance(servers, dict) else {}


def _nothing_to_release(site: DeployedSite, kind: Kind) -> InvalidTemplateError:
    found = "it has no WebServers.Artifact and no WebServers.Container"
    if kind is CONTAINER:
        found = f"its {kind.path} has no {kind.key}"
    fix = f"write {kind.path} {kind.example}, and deploy the file once"
    return InvalidTemplateError([Problem(site.title, found, fix)])
