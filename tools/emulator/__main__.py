"""Keeps an emulator in the foreground, and prints how to use it from another shell."""

import argparse
import signal

from tools.emulator.endpoint import Emulator


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.emulator", description=main.__doc__)
    parser.add_argument("--port", type=int, default=4600)
    arguments = parser.parse_args()
    # One way out for Ctrl-C and for a plain kill, so that the emulator's processes and files always go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Emulator(arguments.port) as emulator:
            for name, value in emulator.environment().items():
                print(f"export {name}={value}", flush=True)
            print("# ready; Ctrl-C ends it", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("# ended", flush=True)


if __name__ == "__main__":
    main()
