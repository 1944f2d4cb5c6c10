"""Starts ministack with the extensions. Runs in .venv-emulator; configured by ministack's own environment variables."""

import data_plane
import macros
import missing_resources
import public_parameters
from ministack.app import main  # type: ignore[import-not-found]

if __name__ == "__main__":
    macros.register()
    missing_resources.register()
    data_plane.register()
    public_parameters.register()
    main()
