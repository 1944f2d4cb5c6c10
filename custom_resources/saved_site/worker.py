"""Rewrites what was fetched, in a process of its own that is ended if it does not answer in time.

The function has to answer CloudFormation whatever a page is made of; a thread could not stop code that never returns.
The process lives as long as it answers, so that a page costs no start. It is a fork, since what AWS Lambda runs has no
shared memory for semaphores (no multiprocessing.Queue or Pool), and may have its code in no file. It has no open file
or connection of the function's, and a bound on its memory.
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

# The largest page that may be set, 20 MB, takes about a third of it on the function's one processor.
PAGE_SECONDS = 30.0
# Of the function's memory, as Lambda says in the environment ("Defined runtime environment variables"); the function
# itself needs the rest.
MEMORY_PART, USUAL_MEGABYTES = 0.65, 1_769
# Of the places of all that one file refers to, in the function's own memory: those of 25,000 long addresses.
MAX_PLACED_BYTES = 50_000_000
# Of a file that has been rewritten, which comes back into the function's own memory: three times the largest page.
MAX_WRITTEN_BYTES = 60_000_000

Rewrite = Callable[[bytes, str, str, Place, Notices], tuple[bytes, str]]


class NotRewrittenError(Exception):
    """A file can't be saved; the text says why."""


class Worker:
    """A context manager. Its process is started for the first file, and anew after one that it did not survive."""

    def __init__(self, notices: Notices, seconds: float = PAGE_SECONDS, work: Rewrite = rewrite) -> None:
        self._notices = notices
        self._seconds = seconds
        self._work = work
        self._process: Any = None
        self._channel: Connection | None = None

    def rewrite(self, body: bytes, content_type: str, url: str, place: Place) -> tuple[bytes, str]:
        """Return what `rewrite` returns. Raises NotRewrittenError."""
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
        """Return the places of references, fewer if time is up. Raises NotRewrittenError if they take too much."""
        placed: list[str] = []
        size = 0
        for reference in references:
            if time.monotonic() >= ends:
                break
            placed.append(place(*reference))
            size += sys.getsizeof(placed[-1])
            if size > MAX_PLACED_BYTES:
                self.close()
                raise NotRewrittenError("refers to too much: the addresses would take too much memory")
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
    """Rewrite until nobody asks."""
    _leave_all_but(channel.fileno())
    # Tokens refer to nothing in circles: what looks for circles only takes time, the more the larger a page is.
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
    """Rewrite a file twice, to ask for the places of all that it refers to at once: a question for each costs more."""
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
        raise UnreadablePageError(f"the saved copy of it would have more than {MAX_WRITTEN_BYTES} bytes")
    return written


def _leave_all_but(kept: int) -> None:
    """Close what was open in the function's process, and bound the memory."""
    most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65_536)
    os.closerange(3, kept)
    os.closerange(kept + 1, most)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    megabytes = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", USUAL_MEGABYTES))
    bound = pages * resource.getpagesize() + int(megabytes * MEMORY_PART * 1_000_000)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (bound if hard < 0 else min(bound, hard), hard))
