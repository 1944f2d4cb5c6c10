"""Reads a server's secrets into files: at its first boot (with the argument `first`), and every two minutes.

For Python 3.9, Amazon Linux 2023's own, with the standard library only, and short, since user data is limited. A secret
that can't be read keeps its last value. Messages never contain a value.
"""

import functools
import json
import os
import re
import subprocess
import sys

FOLDER = "/etc/resilient-website/"
STATE = "/var/lib/resilient-website/"


@functools.lru_cache(maxsize=None)
def text(arn: str) -> str:
    """Return the text of a secret or parameter, asked for once."""
    words = ["secretsmanager", "get-secret-value", "--query", "SecretString", "--secret-id", arn]
    if ":ssm:" in arn:
        words = ["ssm", "get-parameter", "--query", "Parameter.Value", "--with-decryption", "--name", arn]
    words += ["--region", arn.split(":")[3], "--output", "json"]
    done = subprocess.run(["aws"] + words, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    found = json.loads(done.stdout)
    if not isinstance(found, str):
        raise ValueError("it is not a text")
    return found


def value(reference: str) -> str:
    """Return the value of an ARN, or of a JSON key in it (`ARN:key`, `ARN:key::`)."""
    fields = reference.split(":")
    found = text(":".join(fields[:7]))
    found = json.loads(found)[fields[7]] if fields[7:] else found
    found = found if isinstance(found, str) else json.dumps(found)
    if re.search("[\x00-\x1f\x7f-\x9f]", found):
        raise ValueError("found a control character, such as a line break; allowed: text without any")
    return found


def replace(name: str, content: str, group: bool) -> bool:
    """Replace a file at once, if its content changes. Only root can read it, or also the application's group."""
    path, new = FOLDER + name, FOLDER + "." + name
    if os.path.exists(path) and open(path).read() == content:
        return False
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    if group:
        subprocess.run(["chgrp", "resilient-website", new], check=True)
        os.chmod(new, 0o640)
    os.replace(new, path)
    return True


def quoted(found: str) -> str:
    """Return a value as shells and systemd read it."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", found) + '"'


def main(first: bool) -> int:
    """Write what can be read, and return how many values can't be."""
    asked = json.load(open(STATE + "secrets.json"))
    read, failed = {}, 0
    for name, reference in {**asked["files"], **asked["variables"]}.items():
        try:
            read[name] = value(reference)
        except Exception as error:
            failed += 1
            print(name + ": can't read " + reference + ": " + str(error), file=sys.stderr)
    changed = [replace(name, read.pop(name), True) for name in asked["files"] if name in read]
    for name, form in (("environment", quoted), ("container.env", str)) if read else ():
        lines = {line.split("=")[0]: line for line in open(FOLDER + name).read().split("\n") if line}
        lines.update({key: key + "=" + form(found) for key, found in read.items()})
        changed.append(replace(name, "\n".join(lines.values()) + "\n", False))
    if any(changed) and not first and os.path.exists(STATE + "on-change"):
        subprocess.run(["bash", STATE + "on-change"])
    return failed


if __name__ == "__main__":
    sys.exit(main("first" in sys.argv))
