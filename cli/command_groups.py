"""The list of commands in the help: by purpose, with examples and exit statuses.

A command's module is imported when the command runs (`grouped_commands.py`), so that the list has its own copy of each
command's summary, which a test compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Listed:
    """A command in the list: its name, where its code is, and the first sentence of its help."""

    name: str
    code: str
    summary: str


# By purpose.
SECTIONS: Mapping[str, tuple[Listed, ...]] = {
    "Start a site": (
        Listed(
            "init",
            "cli.init.command:init",
            "Create a site in FOLDER: site.yaml, samconfig.toml and .gitignore, ready for `sam deploy`.",
        ),
        Listed(
            "schema",
            "cli.schema.command:schema",
            "Print the JSON Schema of templates with sites, with which an editor completes and checks properties.",
        ),
    ),
    "Look at a template": (
        Listed(
            "expand",
            "cli.expand:expand",
            "Write the resources that the macro generates from FILE (JSON or YAML), as JSON.",
        ),
        Listed(
            "diff",
            "cli.diff.command:diff",
            "Show what an update from OLD to NEW replaces, interrupts, changes and deletes, data stores first.",
        ),
        Listed(
            "failures",
            "cli.failures.command:failures",
            "Show what visitors of FILE's sites get when something fails, by which mechanism and after how long.",
        ),
        Listed(
            "explain",
            "cli.explain.command:explain",
            "Write a report on FILE: a picture of the architecture, what fails and how it recovers, and what it costs.",
        ),
        Listed(
            "cost",
            "cli.cost:cost",
            "Estimate what FILE costs a month in US dollars, by tier.",
        ),
        Listed(
            "doctor",
            "cli.doctor.command:doctor",
            "Report what in FILE goes out of support, when, and what to do.",
        ),
        Listed(
            "check",
            "cli.check.command:check",
            "Ask AWS, before FILE is deployed, what would make the deployment fail, and warn of what is unwise.",
        ),
        Listed(
            "stack-policy",
            "cli.stack_policy:print_stack_policy",
            "Print a stack policy that denies Replace and Delete of every data store in FILE.",
        ),
    ),
    "Launch it": (
        Listed(
            "deployer-policy",
            "cli.deployer_policy.command:deployer_policy",
            "Print the IAM policies needed to create, update and delete the stack of FILE, as JSON.",
        ),
        Listed(
            "flat",
            "cli.flat.command:flat",
            "Write FILE (JSON or YAML) with its sites expanded and the functions' code inline, as JSON.",
        ),
        Listed(
            "publish",
            "cli.publish.command:publish",
            "Upload FILES (templates) to S3, and print links and commands that launch them.",
        ),
        Listed(
            "prove",
            "cli.prove.command:prove",
            "Deploy FILE's site under a fresh name, break it on purpose, and measure what visitors get.",
        ),
        Listed(
            "stackset",
            "cli.stackset.command:stackset",
            "Roll FILE out to accounts and Regions as a CloudFormation stack set, and wait until it is done.",
        ),
    ),
    "Look after a site": (
        Listed(
            "status",
            "cli.status.command:status",
            "Show what of the site in STACK is up, tier by tier, from the front door to the last deployment.",
        ),
        Listed(
            "logs",
            "cli.logs.command:logs",
            "Show the logs of the site in STACK: servers, database, load balancer and functions, ordered by time.",
        ),
        Listed(
            "open",
            "cli.open:open_page",
            "Print and open the page of the site in STACK, or its dashboard, stack, database or group in the Console.",
        ),
        Listed(
            "release",
            "cli.release.command:release",
            "Release an application to the servers of the site in STACK, or go back to the release before.",
        ),
        Listed(
            "shell",
            "cli.shell.command:shell",
            "Open a session on a healthy server of the site in STACK, or run COMMAND there.",
        ),
        Listed(
            "maintenance",
            "cli.maintenance.command:maintenance",
            "Show visitors of a site in STACK the friendly page on purpose, or end it, or show whether it is on.",
        ),
        Listed(
            "restore",
            "cli.restore.command:restore",
            "Restore the database of a site in STACK to a point in time, or from a snapshot, and keep the old one.",
        ),
        Listed(
            "saved-pages",
            "cli.saved_pages:saved_pages",
            "Save the pages of a site in STACK now, or go back to the previous version (and stop the schedule).",
        ),
        Listed(
            "switch",
            "cli.switch.command:switch",
            "Make the copy of SITE in another Region the active one, or show the state of both halves (status).",
        ),
    ),
}
COMMANDS = {command.name: command for section in SECTIONS.values() for command in section}
EXAMPLES = (
    ("build_templates.py init my-site", "create a folder with a site, ready for `sam deploy`"),
    ("build_templates.py expand my-site/site.yaml", "print all resources of a site"),
    ("build_templates.py failures my-site/site.yaml", "show what visitors get when something fails"),
    ("build_templates.py COMMAND --help", "show a command's options"),
)
EXIT_STATUSES = (
    ("0", "success"),
    ("1", "the input has problems, or something failed; the messages say what to do"),
    ("2", "the command line is invalid; for diff: the update loses data, or AWS would refuse it"),
    ("130", "interrupted"),
)
