"""Values of a database's or cache's parameters, for which YAML reads some words as booleans."""

from resilient_website.frozen import frozen
from resilient_website.problems import shown
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader


@frozen
class ParameterValue(Text):
    """A text or a number. `words` are the engine's own for false and true, which are proposed in place of a boolean."""

    words: tuple[str, str] = ("0", "1")

    def refuse(self, value: object, path: str, reader: Reader) -> None:
        """Note that the value is no text: YAML reads yes, no, on and off as booleans."""
        if isinstance(value, bool):
            fix = f"did you mean '{self.words[value]}'? write words such as yes, no, on and off in quotes"
            reader.problem(path, f"found {shown(value)}", fix)
        else:
            super().refuse(value, path, reader)
