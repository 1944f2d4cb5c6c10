"""docs/reference/environment.md: the variables and files that a site provides to its application."""

from resilient_website.tiers.web_servers.variables import PROVIDED, Variable
from tools.reference.markdown import code, prose, table
from tools.reference.markdown import page as whole_page

INTRODUCTION = """\
Each server has these variables in `/etc/resilient-website/environment`, for shells (`.`) and systemd
(`EnvironmentFile=`), and in `/etc/resilient-website/container.env`, for containers (`docker run --env-file`), whose
values have no quotes. The files exist before an `Artifact` or a `Container` is installed and `UserData` runs, and also
have the variables of `WebServers.Environment`. [Applications](../applications.md) shows how to use them."""


def page() -> str:
    """Return the page."""
    return whole_page(
        "Environment of the application",
        INTRODUCTION,
        table(("Variable", "What it is", "Needs"), map(_row, PROVIDED)),
    )


def _row(variable: Variable) -> tuple[str, str, str]:
    needs = code(variable.needs) if variable.needs else ""
    return f"**`{variable.name}`**", prose(variable.meaning), needs
