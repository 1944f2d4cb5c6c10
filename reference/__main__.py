"""Writes the reference: every property, attribute, alarm and error, as the code and the expanded sites have them."""

from launch.template_file import write_file
from reference.pages import FOLDER, pages
from reference.sites import observe


def main() -> None:
    """Write every page, and say where they are."""
    for name, text in pages(observe()).items():
        write_file(FOLDER / name, text)
        print(FOLDER / name)


if __name__ == "__main__":
    main()
