"""An AWS that runs here: ministack, extended in its own process with what it lacks.

`server.py` and what it imports run in `.venv-emulator`; `endpoint.py`, `visitor.py` and `instances.py` run in `.venv`,
and are how tests and the demo use it. `python -m tools.emulator` keeps one in the foreground.
"""
