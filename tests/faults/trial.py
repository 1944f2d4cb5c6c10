"""One case as it happens: each request is sent, struck by its fault, and what came of it looked at, in order."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.custom_resources.response_url import SIGNATURE, ResponseUrl
from tests.faults.bed import ACCOUNT, TORN, Bed
from tests.faults.caller import REGION, Caller
from tests.faults.cases import A_MINUTE_LATER, AGAIN, CREATE, DELETE, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import NONE, Fault, Kind
from tests.faults.process import GRACE_SECONDS
from tests.faults.promises import broken_by

Json = dict[str, Any]


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


class Trial:
    """A context manager. What CloudFormation would know is here: the events, their answers' ids, the last properties."""

    def __init__(self, bed: Bed, case: Case, folder: Path) -> None:
        self.bed, self.case = bed, case
        self._folder = folder
        self._scale = case.scale or bed.scale
        self._place = ResponseUrl(folder)
        self._running = ExitStack()
        self._events: list[Json] = []
        self._ids: list[str] = []
        self._properties: Json = {}
        self._visits: list[str] = []
        self._elsewhere: list[str] = []

    def run(self) -> Row:
        """Take all steps and return what came of them."""
        seen = tuple(self._take(step) for step in self.case.steps)
        left = self.bed.left()
        problems = [*self._elsewhere]
        if left != self.case.left:
            problems.append(f"left should be: {self.case.left}")
        if SIGNATURE in self._caller.log:
            problems.append("the log has the response URL's signature")
        return Row(self.bed.resource_type, self.case.title, seen, left, tuple(problems))

    def other_update(self, content: str) -> None:
        """Let another run of the function do an Update in one go; its answer must be a success."""
        self.bed.prepare(content)
        with Caller(self.bed, self._place, self._scale, self._folder / "other.txt") as other:
            event = self._event(Step(UPDATE, SUCCESS, content=content), other.response_url)
            other.process.run(event, self.bed.seconds)
        answers = [answer["Status"] for answer in self._place.answers if answer["RequestId"] == event["RequestId"]]
        if answers != [SUCCESS]:
            self._elsewhere.append(f"the other Update was answered {answers}")

    def _take(self, step: Step) -> Seen:
        self.bed.prepare(step.content)
        self._caller.process.start()
        event = self._next(step)
        if event is None:
            return Seen(step.request, str(step.fault), "no rule", 0, ("there is no rule that fires",))
        before, self._visits = len(self._place.answers), []
        last = self.bed.visit()
        self._caller.strike(step.fault)
        started = time.monotonic()
        ended = self._caller.process.run(event, step.seconds or self.bed.seconds)
        seconds = (time.monotonic() - started) * self._scale
        self._caller.strike(NONE)
        answers = [
            (answer, size, (arrived - started) * self._scale)
            for answer, size, arrived in zip(
                self._place.answers[before:], self._place.sizes[before:], self._place.arrived[before:], strict=True
            )
            if answer["RequestId"] == event["RequestId"]
        ]
        problems = self._broken_visits(step, last)
        # An answer that was taken, but whose sender never learned of it, comes again: the same one.
        answers = [
            one for number, one in enumerate(answers) if one[0] not in [answer for answer, _, _ in answers[:number]]
        ]
        if [answer["Status"] for answer, _, _ in answers] != ([step.answer] if step.answer != NOTHING else []):
            problems.append(f"should be answered: {step.answer}")
        for answer, size, arrived in answers:
            problems += broken_by(answer, size, event, step)
            if arrived > (step.seconds or self.bed.seconds) + GRACE_SECONDS * self._scale:
                problems.append("the answer came too late")
        if not ended and not answers and not (step.fault.kills or step.answer == NOTHING):
            problems.append("Lambda ended it")
        self._know(step, event, answers[0][0] if answers else None)
        told = [f"{answer['Status']}{': ' if answer['Reason'] else ''}{answer['Reason']}" for answer, _, _ in answers]
        return Seen(
            step.request,
            str(step.fault),
            "\n".join(told) or NOTHING,
            answers[0][2] if answers else seconds,
            tuple(problems),
        )

    def _broken_visits(self, step: Step, last: str) -> list[str]:
        """Return what was wrong with what visitors got: nothing but what they got before, and get now, is right."""
        now = self.bed.visit()
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
            return self.bed.rule()
        event = self._event(step, self._caller.response_url)
        self._properties = event["ResourceProperties"]
        return event

    def _event(self, step: Step, response_url: str) -> Json:
        known = self._ids[-1] if step.of is None and self._ids else self._ids[step.of] if step.of is not None else ""
        unknown = f"site-{self.bed.logical_id}-1A2B3C4D5E6F"
        event = {
            "RequestType": step.request,
            "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/site/{self.bed.number}",
            "RequestId": f"request-{self.bed.number}-{len(self._events)}",
            "LogicalResourceId": self.bed.logical_id,
            "ResourceType": self.bed.resource_type,
            "ResourceProperties": {
                "ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
                **self.bed.properties(step.content),
            },
            "ResponseURL": response_url,
            **({} if step.request == CREATE else {"PhysicalResourceId": known or unknown}),
            **({"OldResourceProperties": self._properties} if step.request == UPDATE else {}),
        }
        self._events.append(event)
        return event

    def _know(self, step: Step, event: Json, answer: Json | None) -> None:
        """Keep the id as CloudFormation does: of a creation in any case, of an update if it succeeded."""
        if answer and (event["RequestType"] == CREATE or answer["Status"] == SUCCESS):
            self._ids.append(str(answer["PhysicalResourceId"]))

    def _meanwhile(self, fault: Fault) -> None:
        if fault.does:
            fault.does(self)

    def _look(self) -> None:
        self._visits.append(self.bed.visit())

    def __enter__(self) -> Self:
        self._running.enter_context(self.bed)
        self._running.enter_context(self._place)
        self._caller = self._running.enter_context(Caller(self.bed, self._place, self._scale, self._folder / "log.txt"))
        self._caller.watch(self._meanwhile, self._look)
        if self.case.before:
            self.bed.put(self.case.before)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
