"""One case as it happens: each request is sent, struck by its fault, and what came of it looked at, in order."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.custom_resources.response_url import SIGNATURE, ResponseUrl
from tests.faults.caller import Caller
from tests.faults.cases import A_MINUTE_LATER, AGAIN, CREATE, DELETE, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import NONE, Fault, Kind
from tests.faults.harness import ACCOUNT, REGION, TORN, Harness
from tests.faults.invariants import broken_by

Json = dict[str, Any]

# What a busy machine may add to the time until an answer arrives, in seconds here.
LATE_SECONDS = 1


@dataclass(frozen=True)
class Seen:
    """What came of one step. `seconds` are the function's own, until its answer or its end."""

    request: str
    fault: str
    answer: str
    seconds: float
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """What came of a case."""

    resource: str
    title: str
    seen: tuple[Seen, ...]
    left: str
    problems: tuple[str, ...]

    @property
    def broken(self) -> list[str]:
        """What was not as promised."""
        return [*self.problems, *(f"{one.request}: {problem}" for one in self.seen for problem in one.problems)]

    @property
    def is_broken(self) -> bool:
        """Whether anything was not as promised."""
        return bool(self.broken)


@dataclass(frozen=True)
class _Taken:
    """An answer at the response URL."""

    answer: Json
    size: int
    arrived: float


class Trial:
    """A context manager. What CloudFormation would know is here: events, the ids in their answers, last properties."""

    def __init__(self, harness: Harness, case: Case, folder: Path) -> None:
        self.harness, self.case = harness, case
        self._folder = folder
        self._scale = case.scale or harness.scale
        self._place = ResponseUrl(folder, plain=True)
        self._running = ExitStack()
        self._events: list[Json] = []
        self._ids: list[str] = []
        self._properties: Json = {}
        # What visitors got before a step, and during it.
        self._last = ""
        self._visits: list[str] = []
        self._elsewhere: list[str] = []

    def run(self) -> Row:
        """Take all steps and return what came of them."""
        seen = tuple(self._take(step) for step in self.case.steps)
        left = self.harness.left()
        problems = [*self._elsewhere]
        if left != self.case.left:
            problems.append(f"left should be: {self.case.left}")
        if SIGNATURE in self._caller.log:
            problems.append("the log has the response URL's signature")
        return Row(self.harness.resource_type, self.case.title, seen, left, tuple(problems))

    def other_update(self, content: str) -> None:
        """Let another run of the function do an Update in one go; its answer must be a success."""
        self.harness.prepare(content)
        with Caller(self.harness, self._place, self._scale, self._folder / "other.txt") as other:
            event = self._event(Step(UPDATE, SUCCESS, content=content), other.response_url)
            other.process.run(event, self.harness.seconds)
        answers = [answer["Status"] for answer in self._place.answers if answer["RequestId"] == event["RequestId"]]
        if answers != [SUCCESS]:
            self._elsewhere.append(f"the other Update was answered {answers}")

    def _take(self, step: Step) -> Seen:
        self.harness.prepare(step.content)
        self._caller.process.start()
        event = self._next(step)
        if event is None:
            return Seen(step.request, str(step.fault), NOTHING, 0, ("there is no rule that fires",))
        self._note(event, str(event.get("PhysicalResourceId", "")), "IN_PROGRESS")
        before, self._visits = len(self._place.answers), []
        self._caller.strike(step.fault)
        started = time.monotonic()
        self._caller.process.run(event, self._seconds(step), lambda: bool(self._taken(event, before)))
        ended = time.monotonic()
        self._caller.strike(NONE)
        taken = self._taken(event, before)
        problems = self._broken_visits(step)
        if [one.answer["Status"] for one in taken] != ([step.answer] if step.answer != NOTHING else []):
            problems.append(f"should be answered: {step.answer}")
        for one in taken:
            problems += broken_by(one.answer, one.size, event, step)
        seconds = ((taken[0].arrived if taken else ended) - started) * self._scale
        if taken and seconds > self._seconds(step) + LATE_SECONDS * self._scale:
            problems.append("the answer came too late")
        self._know(event, taken[0].answer if taken else None)
        reported = [": ".join(filter(None, (one.answer["Status"], one.answer["Reason"]))) for one in taken]
        return Seen(step.request, str(step.fault), "\n".join(reported) or NOTHING, seconds, tuple(problems))

    def _seconds(self, step: Step) -> float:
        return step.seconds or self.harness.seconds

    def _taken(self, event: Json, before: int) -> list["_Taken"]:
        """Return the answers to an event since a time; one that came again, the same, since its sender missed that
        it had been taken, counts once.
        """
        place, found = self._place, []
        for answer, size, arrived in zip(place.answers, place.sizes, place.arrived, strict=True):
            found.append(_Taken(answer, size, arrived))
        mine = [one for one in found[before:] if one.answer["RequestId"] == event["RequestId"]]
        return [one for number, one in enumerate(mine) if one.answer not in [other.answer for other in mine[:number]]]

    def _broken_visits(self, step: Step) -> list[str]:
        """Return what was wrong with what visitors got: nothing but what they got before, and get now, is right."""
        last, now = self._last, self.harness.visit()
        self._last = now
        if not last or DELETE in (step.request, self._events[-1]["RequestType"]):
            return []
        if step.fault.kind is Kind.MEANWHILE:
            wrong = {visit for visit in self._visits if TORN in visit}
        else:
            wrong = {visit for visit in self._visits if visit not in (last, now)}
        return [f"visitors got {visit or 'nothing'}" for visit in sorted(wrong)]

    def _next(self, step: Step) -> Json | None:
        if step.request == AGAIN:
            return self._events[-1]
        if step.request == A_MINUTE_LATER:
            return self.harness.rule()
        event = self._event(step, self._caller.response_url)
        self._properties = event["ResourceProperties"]
        return event

    def _event(self, step: Step, response_url: str) -> Json:
        known = self._ids[-1] if step.of is None and self._ids else self._ids[step.of] if step.of is not None else ""
        unknown = f"site-{self.harness.logical_id}-1A2B3C4D5E6F"
        event = {
            "RequestType": step.request,
            "StackId": self.harness.stack_id,
            "RequestId": f"request-{self.harness.number}-{len(self._events)}",
            "LogicalResourceId": self.harness.logical_id,
            "ResourceType": self.harness.resource_type,
            "ResourceProperties": {
                "ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
                **self.harness.properties(step.content),
            },
            "ResponseURL": response_url,
            **({} if step.request == CREATE else {"PhysicalResourceId": known or unknown}),
            **({"OldResourceProperties": self._properties} if step.request == UPDATE else {}),
        }
        self._events.append(event)
        return event

    def _know(self, event: Json, answer: Json | None) -> None:
        """Keep the id as CloudFormation does: of a creation in any case, of an update if it succeeded."""
        if not answer:
            return
        if event["RequestType"] == CREATE or answer["Status"] == SUCCESS:
            self._ids.append(str(answer["PhysicalResourceId"]))
        self._note(event, self._ids[-1] if self._ids else "", "COMPLETE" if answer["Status"] == SUCCESS else "FAILED")

    def _note(self, event: Json, physical_id: str, status: str) -> None:
        """Have the stack's list of resources say how far the event is, as CloudFormation does."""
        self.harness.note(event["LogicalResourceId"], physical_id, f"{event['RequestType'].upper()}_{status}")

    def _meanwhile(self, fault: Fault) -> None:
        if fault.does:
            fault.does(self)

    def _look(self) -> None:
        self._visits.append(self.harness.visit())

    def __enter__(self) -> Self:
        self._running.enter_context(self.harness)
        self._running.enter_context(self._place)
        self._caller = self._running.enter_context(
            Caller(self.harness, self._place, self._scale, self._folder / "log.txt")
        )
        self._caller.watch(self._meanwhile, self._look)
        if self.case.before:
            self.harness.put(self.case.before)
        self._last = self.harness.visit()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
