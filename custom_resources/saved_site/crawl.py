"""Captures a site by crawling it from its start page, one request at a time, within limits."""

import logging
import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from saved_site.addresses import Address, Origin, UnusableAddressError, own_address, resolve
from saved_site.captured import Captured, LeftOut, SourceError, without_query
from saved_site.fetch import REDIRECTS, Answer, Client, NotFetchedError, TooLargeError, fetch
from saved_site.frontier import Frontier, Target
from saved_site.properties import Crawl
from saved_site.protection import reason_to_leave_out
from saved_site.rewrite import content_type_of, is_page, is_rewritten
from saved_site.robots import Robots, read_robots
from saved_site.saved_page_banner import Notices
from saved_site.staging import FullError, StagingArea
from saved_site.worker import NotRewrittenError, Worker

logger = logging.getLogger(__name__)

# Browsers follow 20 redirects.
MAX_REDIRECTS = 10


class _LeftOutError(Exception):
    """A target is not saved; the message says why."""


@dataclass(frozen=True)
class _Site:
    """The inputs of a crawl, and where it stores its results."""

    client: Client
    source: Crawl
    origin: Origin
    robots: Robots
    worker: Worker
    frontier: Frontier
    shelf: StagingArea
    redirects: dict[Address, Address] = field(default_factory=dict)


def crawl(client: Client, source: Crawl, notices: Notices, folder: Path, seconds: float) -> Captured:
    """Crawl a site into `folder` for at most `seconds` (or MaxSeconds), and return the copy.

    Raises SourceError if robots.txt or the start page can't be fetched.
    """
    deadline = client.clock.monotonic() + min(seconds, source.max_seconds)
    left_out = LeftOut()
    with Worker(notices) as worker:
        site = _arrive(replace(client, ends=deadline), source, worker, folder, left_out)
        return _crawl(site, left_out)


def _crawl(site: _Site, left_out: LeftOut) -> Captured:
    source = site.source
    starts = _starts(source, site.origin)
    for start in starts:
        site.frontier.add(start)
    while target := site.frontier.take(pages=site.shelf.pages < source.max_pages):
        if site.client.clock.monotonic() > site.client.ends:
            left_out.add(target.address.target, "MaxSeconds was reached")
            site.frontier.leave_rest("MaxSeconds was reached")
            break
        try:
            _visit(site, target)
        except FullError:
            left_out.add(target.address.target, "MaxBytes was reached")
            site.frontier.leave_rest("MaxBytes was reached")
        except _LeftOutError as reason:
            left_out.add(target.address.target, str(reason))
            if target == starts[0]:
                raise SourceError(f"{source.start_url}: {reason}") from None
        except Exception as error:
            # An unexpected error costs one file, not the copy. Its text may contain a query string: do not log it.
            place = traceback.extract_tb(error.__traceback__)[-1]
            path = without_query(target.address.target)
            logger.error("%s: %s at %s:%s", path, type(error).__name__, place.name, place.lineno)
            left_out.add(target.address.target, f"could not be saved: {type(error).__name__}")
    site.frontier.leave_rest("MaxPages was reached")
    if not site.shelf.has(starts[0].address) and starts[0].address not in site.redirects:
        raise SourceError(f"{source.start_url}: the start page could not be saved within MaxBytes and MaxSeconds")
    return Captured(source.address, starts[0].address.key, site.shelf.with_copies(site.redirects, left_out), left_out)


def _arrive(client: Client, source: Crawl, worker: Worker, folder: Path, left_out: LeftOut) -> _Site:
    origin = Origin.of(source.start_url)
    robots = read_robots(client, origin)
    polite = replace(client, delay_seconds=max(source.delay_seconds, robots.delay_seconds))
    frontier = Frontier(origin, source.max_depth, source.max_query_variants, left_out)
    return _Site(polite, source, origin, robots, worker, frontier, StagingArea(folder, origin.url, source.max_bytes))


def _starts(source: Crawl, origin: Origin) -> list[Target]:
    """Return the targets of the start page and the additional paths."""
    starts = []
    for reference in (source.start_url, *source.paths):
        parts = resolve(source.start_url, reference)
        try:
            if parts is None or not origin.owns(parts):
                raise UnusableAddressError("it is not on the site")
            starts.append(Target(own_address(parts), depth=0))
        except UnusableAddressError as error:
            raise SourceError(f"{reference}: {error}") from None
    return starts


def _visit(site: _Site, target: Target) -> None:
    """Fetch a target, follow its redirects, and save it under its final address."""
    if site.shelf.has(target.address):
        return
    chain: list[Address] = []
    address = target.address
    while True:
        answer = _ask(site, address)
        if answer.status not in REDIRECTS:
            break
        chain.append(address)
        address = _redirected(site.origin, address, answer.location)
        if address in chain or len(chain) > MAX_REDIRECTS:
            raise _LeftOutError("a redirect loop" if address in chain else "too many redirects")
        if site.shelf.has(address):
            break
    if not site.shelf.has(address):
        _save(site, replace(target, address=address), answer)
    site.redirects.update(dict.fromkeys(chain, address))


def _ask(site: _Site, address: Address) -> Answer:
    url = site.origin.url + address.target
    if not site.robots.allow(address.target):
        raise _LeftOutError("robots.txt forbids it")
    room = site.shelf.room
    try:
        return fetch(site.client, url, min(site.source.max_page_bytes, room))
    except TooLargeError:
        if room < site.source.max_page_bytes:
            raise FullError from None
        raise _LeftOutError("larger than MaxPageBytes") from None
    except NotFetchedError as error:
        raise _LeftOutError(str(error)) from None


def _redirected(origin: Origin, address: Address, location: str) -> Address:
    parts = resolve(origin.url + address.target, location)
    if parts is None:
        raise _LeftOutError(f"redirects to an invalid URL: {without_query(location)[:100]!r}")
    if not origin.owns(parts):
        raise _LeftOutError(f"redirects to another host: {parts.scheme}://{parts.hostname}")
    try:
        following = own_address(parts)
    except UnusableAddressError as error:
        raise _LeftOutError(f"redirects to an address that can't be saved: {error}") from None
    if following == address and parts.scheme != origin.scheme:
        raise _LeftOutError(f"redirects to {parts.scheme}: start StartUrl with {parts.scheme}://")
    return following


def _save(site: _Site, target: Target, answer: Answer) -> None:
    if answer.status != 200:
        raise _LeftOutError(f"returned HTTP {answer.status}")
    address = target.address
    content_type = content_type_of(answer.content_type, answer.body, address.path)
    if reason := reason_to_leave_out(answer.protection, content_type):
        raise _LeftOutError(reason)
    page = is_page(content_type)
    if page and site.shelf.pages >= site.source.max_pages:
        raise _LeftOutError("MaxPages was reached")
    body, url = answer.body, site.origin.url + address.target
    try:
        if clash := site.shelf.clash(address):
            raise _LeftOutError(f"has the same key as {clash}")
        if is_rewritten(content_type, url):
            body, content_type = site.worker.rewrite(body, content_type, url, partial(site.frontier.place, target))
    except (NotRewrittenError, UnusableAddressError) as error:
        raise _LeftOutError(str(error)) from None
    site.shelf.put(address, body, content_type, page=page)
