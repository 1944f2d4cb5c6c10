"""WebServers.Artifact of a deployed site: what it is now, and an update that changes it and nothing else.

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
from cli.template_file import to_compact_json
from resilient_website.cloudformation.declared_parameters import in_parameter_store
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from resilient_website.problems import InvalidTemplateError, Problem

PATH = "WebServers.Artifact"
KEY, SHA256, VERSION_ID = "Key", "Sha256", "VersionId"


@dataclass(frozen=True)
class Release:
    """An archive in S3: its key, its SHA-256 (empty if not known), and its version (empty for the latest).

    Without a key, it is the sample application, which runs until a site has its first release.
    """

    key: str
    sha256: str = ""
    version_id: str = ""

    @property
    def title(self) -> str:
        """What runs, for people: the key."""
        return self.key or "the sample application"


@dataclass(frozen=True)
class Artifact:
    """The property in a stack's template as it was written, and the values of the stack's parameters."""

    site: DeployedSite
    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    @property
    def group(self) -> dict[str, Any]:
        """The property. Raises InvalidTemplateError if the site has none."""
        return _group(self.template, self.site)

    @property
    def is_pinned(self) -> bool:
        """Whether the servers fetch one version of the object only. An empty value is as none."""
        return VERSION_ID in self.group and bool(self.value(VERSION_ID))

    @property
    def current(self) -> Release:
        """The release that the stack has."""
        sha256 = self.value(SHA256) if SHA256 in self.group else ""
        return Release(self.value(KEY), sha256, self.value(VERSION_ID) if self.is_pinned else "")

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
        value = Intrinsics(self.template, self.site.region, self.parameters).value(self.group.get(name))
        known = isinstance(value, str) and "⟨?" not in value and (not placeholders(value) or may_refer)
        if known:
            return str(value)
        fix = "write it, or a Ref to a parameter of the template"
        raise InvalidTemplateError([Problem(f"{self.site.title}: {PATH}.{name}", "its value is not known here", fix)])

    def request(self, release: Release, description: str) -> Request:
        """Return the update to a release: only properties that the template has change.

        Raises InvalidTemplateError if it can't be written.
        """
        wanted = {KEY: release.key, SHA256: release.sha256, VERSION_ID: release.version_id}
        given = {name: value for name, value in wanted.items() if name in self.group and value != self.value(name)}
        template, parameters = copy.deepcopy(dict(self.template)), dict[str, str]()
        for name, value in given.items():
            parameter = self._parameter(name)
            if parameter:
                parameters[parameter] = value
            elif value:
                _group(template, self.site)[name] = value
            else:
                # A release from before the property was written.
                del _group(template, self.site)[name]
        return Request(description, self._body(template), parameters)

    @property
    def file_lines(self) -> tuple[str, ...]:
        """The properties that the update changes in the template, so that the file has to be changed, too."""
        return tuple(name for name in (KEY, SHA256, VERSION_ID) if name in self.group and not self._parameter(name))

    def _parameter(self, name: str) -> str | None:
        """Return the parameter that a property refers to. Raises InvalidTemplateError for any other function."""
        value = self.group[name]
        if isinstance(value, str):
            return None
        declared = (self.template.get("Parameters") or {}).get(value.get("Ref")) if isinstance(value, dict) else None
        if isinstance(declared, Mapping) and not in_parameter_store(declared):
            return str(value["Ref"])
        fix = "write a Ref to a parameter of the type String, or a literal value"
        raise InvalidTemplateError([Problem(f"{self.site.title}: {PATH}.{name}", f"found {value}", fix)])

    def _body(self, template: dict[str, Any]) -> str | None:
        """Return the template to send; None to keep the stack's, for one that is too large and does not change.

        The template that CloudFormation keeps is what the macro made of the earlier values. That is enough where
        generated resources refer to the parameter, but not where it decides which of them exist. Source:
        "AWS::LanguageExtensions transform" in the CloudFormation Template Reference, on updates of parameters.
        """
        body = to_compact_json(template)
        if len(body.encode()) <= MAX_BODY_BYTES:
            return body
        if template == self.template and not self._is_conditional:
            return None
        found = f"the template has more than {MAX_BODY_BYTES:,} bytes, which a request does not take"
        fix = f"write a Ref to a parameter in {PATH}.{KEY} (and Sha256, VersionId), and deploy the file once"
        if self._is_conditional:
            fix = f"deploy the file with the parameter's new value, or once with {PATH} without Fn::If"
        raise InvalidTemplateError([Problem(self.site.title, found, fix)])

    @property
    def _is_conditional(self) -> bool:
        """Whether a condition decides if the site has an artifact."""
        return _written(self.template, self.site) is not self.group


def _group(template: Mapping[str, Any], site: DeployedSite) -> dict[str, Any]:
    group = _branch(_written(template, site))
    if not isinstance(group, dict) or KEY not in group:
        fix = f"write {PATH} with Bucket, Key and Command, and deploy the file once"
        raise InvalidTemplateError([Problem(site.title, f"it has no {PATH}", fix)])
    return group


def _written(template: Mapping[str, Any], site: DeployedSite) -> Any:
    """Return the property as it is written. Raises InvalidTemplateError for a flat template."""
    properties = compact_properties(template, site.name)
    if properties is None:
        fix = "deploy the file with the new Key; `release` needs the macro's compact resource"
        raise InvalidTemplateError([Problem(site.title, "the stack's template is flat", fix)])
    servers = properties.get("WebServers")
    return servers.get("Artifact") if isinstance(servers, dict) else None


def _branch(group: Any) -> Any:
    """Return the branch of an Fn::If that is an artifact; any other value unchanged.

    Sites that `init` writes have the other one, without an artifact, until their parameter has a key.
    """
    branches = group.get("Fn::If") if isinstance(group, dict) else None
    if not isinstance(branches, list):
        return group
    return next((branch for branch in branches if isinstance(branch, dict) and KEY in branch), None)
