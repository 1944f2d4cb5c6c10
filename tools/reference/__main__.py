"""Write the reference from the code and the expanded sites: commands, properties, attributes, alarms, errors, ..."""

import os

from cli.template_file import write_file
from resilient_website.functions.code import Layer
from tools.reference.pages import FOLDER, pages
from tools.reference.sites import observe


def main() -> None:
    """Write every page, and print their paths."""
    # The macro requires it; its value affects no page.
    os.environ.setdefault("FUNCTIONS_LAYER_ARN", Layer.any().arn)
    for name, text in pages(observe()).items():
        write_file(FOLDER / name, text)
        print(FOLDER / name)


if __name__ == "__main__":
    main()
