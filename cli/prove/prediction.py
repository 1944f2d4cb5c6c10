"""What `failures` predicts for a failure, and in which respect the measurement differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.model import Survey
from cli.analysis.availability.requests import RequestKind
from cli.deployed.visits import TIMEOUT_SECONDS
from cli.prove.visitor import PAUSE_SECONDS, Seen

# A response is noticed by the next request, which may have to wait for its own time-out.
SLACK_SECONDS = PAUSE_SECONDS + TIMEOUT_SECONDS


@dataclass(frozen=True)
class Prediction:
    """The answer to a request for a page: in words, what may come, what comes in the end, and after how long.

    `longest` is in seconds; None if AWS does not document the time.
    """

    text: str
    outcomes: frozenset[Outcome]
    last: Outcome
    longest: int | None


def predictions(found: Survey) -> dict[str, Prediction]:
    """Return the predictions for a page, by the failure's name."""
    page = next(visit for visit in found.visits if visit.kind is RequestKind.PAGE)
    return {failure.name: _prediction(found.answer(failure.name, page)) for failure in found.failures}


def _prediction(answer: Answer) -> Prediction:
    outcomes = frozenset({Outcome.PAGE, *(phase.reply.outcome for phase in answer.phases)})
    spans = [phase.lasts for phase in answer.transient if phase.lasts]
    documented = all(span.documented for span in spans)
    longest = sum(span.high for span in spans) if documented else None
    return Prediction(", ".join(formatting.phases(answer)), outcomes, answer.last.outcome, longest)


def problem(prediction: Prediction, seen: Sequence[Seen]) -> str:
    """Return in which respect the responses are not as predicted; empty if they are."""
    return "; ".join(_problems(prediction, seen))


def _problems(prediction: Prediction, seen: Sequence[Seen]) -> Iterator[str]:
    strange = {each.outcome for each in seen} - prediction.outcomes
    if strange:
        yield f"not predicted: {', '.join(sorted(formatting.NAMES[each] for each in strange))}"
    if prediction.last is Outcome.PAGE:
        reached = lasted(seen)
    else:
        came = [each.at for each in seen if each.outcome is prediction.last]
        if not came:
            yield f"the {formatting.NAMES[prediction.last].removeprefix('the ')} did not come"
            return
        reached = came[0]
    if prediction.longest is not None and reached > prediction.longest + SLACK_SECONDS:
        yield f"took {reached:.0f} s; at most {prediction.longest} s were predicted"


def lasted(seen: Sequence[Seen]) -> float:
    """Return after how many seconds the last response came that was not the page; 0 if all were."""
    return max((each.at for each in seen if each.outcome is not Outcome.PAGE), default=0.0)
