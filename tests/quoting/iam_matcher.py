"""How IAM matches the text of a policy: its wildcards, and its variables with a fixed value.

Source: "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Resource".
"""

import re


def matches(pattern: str, text: str) -> bool:
    """Tell whether a policy's pattern matches a text; a variable without a value, as any other, matches nothing."""
    expression = ""
    for token in re.findall(r"\$\{[^}]*\}|(?s:.)", pattern):
        if token in ("${*}", "${?}", "${$}"):
            expression += re.escape(token[2])
        elif token.startswith("${"):
            return False
        else:
            expression += {"*": ".*", "?": "."}.get(token) or re.escape(token)
    return re.fullmatch(expression, text, re.DOTALL) is not None
