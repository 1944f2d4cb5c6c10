"""Rewrites fetched files in a separate process, which is killed if it does not finish in time.

The function has to respond to CloudFormation whatever a page contains, and a thread could not stop code that does not
return. The process is reused as long as it responds, so that a page needs no process start. It is a fork, since AWS
Lambda has no shared memory for semaphores (no multiprocessing.Queue or Pool), and inline code has no file. It inherits
no open file or connection of the function, and its memory is limited.
"""

import gc
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from saved_site.page import SavedCopyError, UnreadablePageError
from saved_site.references import Kind, Place
from saved_site.rewrite import rewrite
from saved_site.saved_page_banner import Notices

# The largest page that the properties allow, 20 MB, takes about a third of this time on the function's one CPU.
PAGE_SECONDS = 30.0
# Share of the memory that Lambda names in the environment ("Defined runtime environment variables"); the function
# needs the rest.
MEMORY_PART, USUAL_MEGABYTES = 0.65, 1_769
# Limit on the rewritten references of one file, in the function's own memory: 25,000 long addresses.
MAX_PLACED_BYTES = 50_000_000
# Limit on a rewritten file, which returns to the function's own memory: three times the largest page.
MAX_WRITTEN_BYTES = 60_000_000

Rewrite = Callable[[bytes, str, str, Place, Notices], tuple[bytes, str]]


class NotRewrittenError(Exception):
    """A file can't be saved; the message says why."""


class Worker:
    """A context manager. Its process starts with the first file, and again after a file that it did not survive."""

    def __init__(self, notices: Notices, seconds: float = PAGE_SECONDS, work: Rewrite = rewrite) -> None:
        self._notices = notices
        self._seconds = seconds
        self._work = work
        self._process: Any = None
        self._channel: Connection | None = None

    def rewrite(self, body: bytes, content_type: str, url: str, place: Place) -> tuple[bytes, str]:
        """Return the result of `rewrite`. Raises NotRewrittenError."""
        ends = time.monotonic() + self._seconds
        channel = self._started()
        try:
            channel.send((body, content_type, url))
            while channel.poll(max(ends - time.monotonic(), 0)) and time.monotonic() < ends:
                kind, *content = channel.recv()
                if kind == "place":
                    placed = self._placed(content[0], place, ends)
                    if len(placed) == len(content[0]):
                        channel.send(placed)
                elif kind == "left out":
                    raise NotRewrittenError(*content)
                else:
                    return content[0], content[1]
        except (EOFError, OSError):
            self.close()
            raise NotRewrittenError("could not be read: it takes too much memory") from None
        except NotRewrittenError:
            raise
        except BaseException:
            self.close()
            raise
        self.close()
        raise NotRewrittenError(f"could not be read within {self._seconds:g} seconds")

    def _placed(self, references: Sequence[tuple[str, str, Kind]], place: Place, ends: float) -> list[str]:
        """Return the rewritten references, fewer if time is up. Raises NotRewrittenError if they are too large."""
        placed: list[str] = []
        size = 0
        for reference in references:
            if time.monotonic() >= ends:
                break
            placed.append(place(*reference))
            size += sys.getsizeof(placed[-1])
            if size > MAX_PLACED_BYTES:
                self.close()
                raise NotRewrittenError("has too many references: the addresses would take too much memory")
        return placed

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._channel is not None:
            self._channel.close()
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._channel = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> Connection:
        if self._channel is not None:
            return self._channel
        context = multiprocessing.get_context("fork")
        channel, other = context.Pipe()
        with other:
            process = context.Process(target=_run, args=(other, self._work, self._notices), daemon=True)
            process.start()
        self._process, self._channel = process, channel
        return channel


def _run(channel: Connection, work: Rewrite, notices: Notices) -> None:
    """Rewrite files until the connection is closed."""
    _leave_all_but(channel.fileno())
    # Tokens have no reference cycles, so the garbage collector would only cost time, the more the larger a page is.
    gc.disable()
    while True:
        try:
            asked = channel.recv()
        except (EOFError, OSError):
            return
        try:
            channel.send(("done", *_rewritten(channel, work, notices, *asked)))
        except (SavedCopyError, UnreadablePageError) as reason:
            channel.send(("left out", str(reason)))
        except (MemoryError, EOFError, OSError):
            return
        except Exception as error:
            channel.send(("left out", f"could not be read: {type(error).__name__}"))


def _rewritten(
    channel: Connection, work: Rewrite, notices: Notices, body: bytes, content_type: str, url: str
) -> tuple[bytes, str]:
    """Rewrite a file twice, so that all its references are requested at once: one message per reference is slower."""
    references: dict[tuple[str, str, Kind], str] = {}

    def note(base: str, reference: str, kind: Kind) -> str:
        references[base, reference, kind] = reference
        return reference

    found = work(body, content_type, url, note, notices)
    if not references:
        return found
    channel.send(("place", list(references)))
    placed = dict(zip(references, channel.recv(), strict=True))
    written = work(body, content_type, url, lambda *reference: placed[reference], notices)
    if len(written[0]) > MAX_WRITTEN_BYTES:
        raise UnreadablePageError(f"its saved copy would have more than {MAX_WRITTEN_BYTES} bytes")
    return written


def _leave_all_but(kept: int) -> None:
    """Close the files and connections inherited from the function's process, and limit the memory."""
    most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65_536)
    os.closerange(3, kept)
    os.closerange(kept + 1, most)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    megabytes = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", USUAL_MEGABYTES))
    bound = pages * resource.getpagesize() + int(megabytes * MEMORY_PART * 1_000_000)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (bound if hard < 0 else min(bound, hard), hard))
