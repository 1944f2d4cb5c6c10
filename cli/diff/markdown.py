"""The output of `diff --markdown`: a comment on a merge request in GitHub or GitLab.

Values come from templates: all of them are in code spans, or escaped, so that none can format the comment or add links.
"""

import re
from collections.abc import Iterator, Sequence

from cli.analysis.updates.advice import outcome_text, refusal_text
from cli.analysis.updates.comparison import Change
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.function_code import code_text, only_code
from cli.analysis.updates.reboots import reboots
from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import StoreChange
from cli.analysis.updates.traffic_impact import interrupted_traffic
from cli.diff.report import WORDS, Report, advice_text, change_lines, effect_text, summary_text, unknown_text

# GitHub takes comments of at most 65,536 characters, GitLab of 1,000,000. The rest of the changes is counted.
MAX_CHARACTERS = 60_000


def report_markdown(report: Report, old: Stack, old_name: str, new_name: str) -> str:
    """Return the report on an update: the verdict, the stores, what visitors notice, and every changed resource."""
    title = f"### Update of {code(old_name)} to {code(new_name)}"
    if not report.changes and not report.unknown:
        return f"{title}\n\nNothing changes."
    summary = escaped(summary_text(report, old) if report.changes else "Nothing else changes.")
    lines = [title, "", f"{_verdict(report)} {summary}"]
    if report.stores:
        lines += ["", *_stores(report)]
    notes = [f"Visitors: {each}" for each in interrupted_traffic(report.changes)]
    notes += [f"Reboot: {each}" for each in reboots(report.changes)]
    notes += [f"Copy: {each}" for each in report.halves]
    notes += [f"Cost: {report.cost.text}"] if report.cost and report.cost.text else []
    notes += [unknown_text(report.unknown)] if report.unknown else []
    lines += ["", *(f"- {escaped(each)}" for each in notes)] if notes else []
    return "\n".join([*lines, *_resources(report.changes, MAX_CHARACTERS - sum(map(len, lines)))])


def _verdict(report: Report) -> str:
    if not report.safe:
        return "❌ **Not safe.**"
    return "❌ **Refused by AWS.**" if report.refused else "✅ **Safe.**"


def _stores(report: Report) -> Iterator[str]:
    """Yield the table of the changed stores."""
    yield "| data store | effect | its data | what to do instead |"
    yield "| --- | --- | --- | --- |"
    yield from (_store(report, store) for store in report.stores)


def _store(report: Report, store: StoreChange) -> str:
    name = f"{code(store.change.logical_id)} ({escaped(store.noun)})"
    texts = (WORDS[store.change.effect], outcome_text(store), advice_text(report, store) or "nothing: safe")
    return f"| {name} | {' | '.join(map(escaped, texts))} |"


def _resources(changes: Sequence[Change], room: int) -> Iterator[str]:
    """Yield every changed resource with its properties, the most severe effects first, in a block to unfold."""
    if not changes:
        return
    by_code = [change for change in changes if only_code(change)]
    rest = sorted((change for change in changes if change not in by_code), key=lambda each: -each.effect)
    yield from ("", f"<details><summary>{len(changes)} changed resources</summary>", "")
    for number, change in enumerate(rest):
        entry = list(_resource(change))
        room -= sum(map(len, entry)) + len(entry)
        if room < 0:
            yield f"- and {len(rest) - number} more: see `diff` without `--markdown`"
            break
        yield from entry
    if by_code:
        yield f"- {WORDS[Effect.CHANGED]}: {escaped(code_text(by_code))}"
    yield from ("", "</details>")


def _resource(change: Change) -> Iterator[str]:
    yield f"- {effect_text(change)}: {code(change.logical_id)} ({code(change.type)})"
    refused = refusal_text(change)
    if refused:
        yield f"  - {escaped(refused)}"
    yield from (f"  - {code(line.plain)}" for line in change_lines(change))


def code(text: str) -> str:
    """Return a text as a code span; a fence longer than the backticks in it, so that none ends it."""
    plain = " ".join(text.split()) or " "
    fence = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def escaped(text: str) -> str:
    """Return a text whose characters have no meaning in Markdown, for a line or a table's cell."""
    return re.sub(r"([\\`*_{}\[\]<>#|~@!])", r"\\\1", " ".join(text.split()))
