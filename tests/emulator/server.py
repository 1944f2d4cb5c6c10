"""Starts ministack with the extensions. Runs in .venv-emulator; configured by ministack's own environment variables."""

from ministack import app  # type: ignore[import-not-found]

from tests.emulator import data_plane, macros, missing_resources, public_parameters

if __name__ == "__main__":
    for extension in (macros, missing_resources, data_plane, public_parameters):
        extension.register()
    # One port is enough: 443 may be somebody else's.
    app._port_is_bindable = lambda _host, _port: False
    app.main()
