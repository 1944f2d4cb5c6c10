"""CloudFront Functions that create an origin group for a request: their code is parsed, never run.

Code is only understood if it matches the pattern below; layout, comments and variable names do not matter. Source:
"Helper methods for origin modification" in the Amazon CloudFront guide.
"""

import re
from dataclasses import dataclass

from cli.analysis.availability.references import is_unknown, reference
from cli.analysis.availability.resources import Properties, Resource, Resources

# The runtime with these helper methods.
RUNTIME = "cloudfront-js-2.0"

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/          # nothing
      | '(?P<single>[^'"\\\n]*)' | "(?P<double>[^'"\\\n]*)"
      | (?P<other>[\w$]+ | ===? | >= | && | \|\| | .)""",
    re.DOTALL | re.VERBOSE,
)

_WORD, _STRING, _LET, _END, _COMMA = r"[A-Za-z_$][\w$]* ", r'"[^"]*" ', "(?:const|let|var) ", "(?:; )?", "(?:, )?"
_METHOD = rf"(?P=request)\. method ===? {_STRING}"
_METHODS = rf"{_METHOD}(?:\|\| {_METHOD})*"

# Matches the code's tokens, each followed by a space.
_SHAPE = re.compile(
    rf'import (?P<cf>{_WORD})from "cloudfront" {_END}'
    rf"(?:{_LET}(?P<names>{_WORD})= \[ (?P<hosts>(?:{_STRING}{_COMMA})*)\] {_END})?"
    rf"function handler \( (?P<event>{_WORD})\) {{ "
    rf"{_LET}(?P<request>{_WORD})= (?P=event)\. request {_END}"
    rf"(?:{_LET}(?P<host>{_WORD})= "
    rf'(?:(?P=request)\. headers \. host \? )?(?P=request)\. headers \. host \. value (?:: "" )?{_END}'
    rf"{_LET}(?P<index>{_WORD})= (?P=names)\. indexOf \( (?P=host)\) {_END})?"
    rf"if \( (?P<condition>(?P=index)>= 0 && \( {_METHODS}\) |(?P=index)>= 0 && {_METHOD}|{_METHODS})\) {{ "
    r"(?P=cf)\. createRequestOriginGroup \( { "
    rf"originIds : \[ {{ originId : (?P<first>{_STRING}){_COMMA}}} , "
    rf"{{ originId : (?P<second>{_STRING})(?P<numbered>\+ (?P=index))?{_COMMA}}} {_COMMA}\] , "
    rf"failoverCriteria : {{ statusCodes : \[ (?P<statuses>(?:\d+ {_COMMA})*)\] {_COMMA}}} {_COMMA}"
    rf"}} \) {_END}}} return (?P=request){_END}}} "
)


@dataclass(frozen=True)
class RequestOriginGroup:
    """The origin group that a function creates, and the `hosts` and `methods` of the requests to which it applies.

    `hosts` is None if it applies to any host. `numbered`: the second origin's id ends with the host's index.
    """

    hosts: tuple[str, ...] | None
    methods: tuple[str, ...]
    first: str
    second: str
    numbered: bool
    statuses: tuple[int, ...]

    def members(self, host: str, method: str) -> tuple[str, str] | None:
        """Return the ids of the two origins for a request; None if the function does not apply to it."""
        if method not in self.methods or (self.hosts is not None and host not in self.hosts):
            return None
        number = str(self.hosts.index(host)) if self.numbered and self.hosts is not None else ""
        return self.first, f"{self.second}{number}"


def request_origin_groups(resources: Resources) -> dict[str, RequestOriginGroup]:
    """Return the origin groups of the functions that are understood, by the placeholder of their FunctionARN."""
    found = {}
    for made in resources.of_type("AWS::CloudFront::Function"):
        group = _published(made)
        if group:
            for attribute in ("FunctionARN", "FunctionMetadata.FunctionARN"):
                found[reference(made.logical_id, attribute)] = group
    return found


def _published(made: Resource) -> RequestOriginGroup | None:
    """Return the origin group of a function that is published, which is required for its use."""
    held: Properties = made.properties
    usable = held.flag("AutoPublish") and held.inner("FunctionConfig").text("Runtime") == RUNTIME
    return read(held.text("FunctionCode")) if usable else None


def read(code: str) -> RequestOriginGroup | None:
    """Return the origin group that code creates; None if it does not match the pattern."""
    shape = None if is_unknown(code) else _SHAPE.fullmatch("".join(f"{token} " for token in _tokens(code)))
    if shape is None:
        return None
    guarded = ">=" in shape["condition"]
    if shape["numbered"] and not guarded:
        return None
    return RequestOriginGroup(
        hosts=_strings(shape["hosts"]) if guarded else None,
        methods=_strings(shape["condition"]),
        first=_strings(shape["first"])[0],
        second=_strings(shape["second"])[0],
        numbered=shape["numbered"] is not None,
        statuses=tuple(map(int, re.findall(r"\d+", shape["statuses"]))),
    )


def _tokens(code: str) -> list[str]:
    """Return JavaScript tokens, with strings in double quotes. A string with an escape never matches."""
    tokens = []
    for match in _TOKEN.finditer(code):
        text = match["single"] if match["single"] is not None else match["double"]
        token = match["other"] if text is None else f'"{text}"'
        if token is not None:
            tokens.append(token)
    return tokens


def _strings(tokens: str) -> tuple[str, ...]:
    return tuple(re.findall(r'"([^"]*)"', tokens))
