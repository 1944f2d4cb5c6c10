"""Two neighbouring configurations of a site, updated on the emulator there and back, while a client keeps asking.

What diff foretells is what happens, every store that stays holds what it held, and no visitor sees a failure. The files
`test_updates*.py` try every pair.
"""

from collections.abc import Iterable, Set
from typing import Any

import pytest

from cli.analysis.updates.comparison import Change, compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import DataOutcome, is_store, store_changes
from tests.deployment.updated_site import Held, UpdatedSite
from tests.deployment.visitors import visitor
from tests.diff.neighbours import NOT_SAFE, PAIRS, PUBLISHED_AGAIN
from tests.diff.protection import protected_stores
from tests.sites import StackError
from tools.emulator.instances import Instance

Json = dict[str, Any]

# The updates during which visitors see failures, and why.
INTERRUPTED = {
    "front door, and back": "the load balancer closes to visitors before the names have moved: it takes two updates",
    "server's port, there": "another port is another target group, and its targets come after the listener leads to it",
    "server's port, and back": "the same",
    "load balancer's scheme, there": "another load balancer has another target group, and its targets come afterwards",
    "load balancer's scheme, and back": "the same",
    "load balancer's name, there": "the same",
    "load balancer's name, and back": "the same",
}

# The pairs that begin at the same site one after the other: it is there already if they are tried in this order.
_STARTS = [old for old, _ in PAIRS.values()]
_SORTED = sorted(PAIRS, key=lambda name: _STARTS.index(PAIRS[name][0]))

# The names of the pairs, in parts that take about as long: a test process takes a whole file.
OF_STORES = tuple(name for name in _SORTED if any({"Database", "Cache", "Files"} & site.keys() for site in PAIRS[name]))
OF_NAMES = tuple(name for name in _SORTED if any("DomainName" in site for site in PAIRS[name]))
OTHERS = tuple(name for name in _SORTED if name not in {*OF_STORES, *OF_NAMES})


def there_and_back(site: UpdatedSite, instance: Instance, name: str) -> None:
    """Update a site from one configuration of a pair to the other and back, and check each way."""
    old, new = PAIRS[name]
    try:
        if site.properties in (old, _without_protection(old)):
            # The pair before it may have replaced the target group.
            site.serve(instance)
        _one_way(site, instance, f"{name}, there", old, new)
        _one_way(site, instance, f"{name}, and back", new, old)
    except BaseException:
        # Whatever is there now, another pair begins with a new stack.
        site.properties = None
        raise


def _one_way(site: UpdatedSite, instance: Instance, way: str, old: Json, new: Json) -> None:
    if site.properties == _without_protection(old):
        site.deploy(old)
    elif site.properties != old:
        # It is the first one, the way there was refused, or the pair before it began at another site.
        site.delete()
        site.deploy(old)
        site.serve(instance)
    if protected_stores(site.expanded(old), site.expanded(new)):
        old, new = _refused_first(site, old, new)
    failed = _updated(site, instance, way, old, new)
    assert bool(failed) == (way in INTERRUPTED), (way, failed)


def _refused_first(site: UpdatedSite, old: Json, new: Json) -> tuple[Json, Json]:
    """See that the protection refuses an update, and take it off; return both configurations without it."""
    before = site.stack(old)
    ids = site.ids()
    held = site.filled(before, ids)
    with pytest.raises(StackError, match="No data store was changed"):
        site.deploy(new)
    assert site.ids() == ids
    assert site.held(before, ids) == held
    site.deploy(_without_protection(old))
    assert site.ids() == ids
    return _without_protection(old), _without_protection(new)


def _without_protection(properties: Json) -> Json:
    return {**properties, "UpdateProtection": False}


def _updated(site: UpdatedSite, instance: Instance, way: str, old: Json, new: Json) -> list[str]:
    """Update a site and check what became of it; return what went wrong for visitors meanwhile."""
    before, after = site.stack(old), site.stack(new)
    reported = {change.logical_id: change for change in compare(before, after, site.installation.region)}
    refused = any(change.effect is Effect.REFUSED for change in reported.values())
    ids = site.ids()
    held = site.filled(before, ids, _deleted_buckets(reported.values(), before))
    by_name = "DomainName" in old and "DomainName" in new
    host = old["DomainName"] if by_name else site.outputs["DistributionDomainName"]
    words = f"made by {instance.name}"
    with site.step_by_step(), visitor(site.installation.emulator, host, words) as visits:
        if refused:
            done = None
            with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE"):
                site.deploy(new)
        else:
            done = site.deploy(new)
    if done is None:
        assert site.ids() == ids
        assert site.held(before, ids) == held
        return visits.failed
    assert done.failures == []
    _as_predicted(reported, ids, done.resources)
    replaced = _known_to_be_replaced(way, held, done.resources)
    _stores_are_kept(site, way, before, after.keys(), held, replaced, reported.values())
    return visits.failed


def _deleted_buckets(changes: Iterable[Change], before: Stack) -> set[str]:
    """Return the buckets that an update deletes: S3 keeps one that holds what the stack's functions don't delete."""
    return {
        store.change.logical_id
        for store in store_changes(changes, before)
        if store.change.effect in (Effect.DELETED, Effect.REPLACED)
        and store.outcome is not DataOutcome.RETAINED
        and before[store.change.logical_id].type == "AWS::S3::Bucket"
    }


def _as_predicted(reported: dict[str, Change], before: dict[str, str], after: dict[str, str]) -> None:
    """Assert that what was added, deleted and replaced is what diff said."""
    effects = {name: change.effect for name, change in reported.items()}
    assert after.keys() - before.keys() == {name for name in effects if effects[name] is Effect.ADDED}
    assert before.keys() - after.keys() == {name for name in effects if effects[name] is Effect.DELETED}
    replaced = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    certain = {name for name in effects if effects[name] is Effect.REPLACED}
    perhaps = {name for name in effects if effects[name] is Effect.MAY_BE_REPLACED}
    assert certain <= replaced <= certain | perhaps


def _known_to_be_replaced(way: str, held: dict[str, Held], ids: dict[str, str]) -> set[str]:
    """Return the stores that are others now; assert that they are those that are known not to be safe."""
    replaced = {name for name in held if name in ids and ids[name] != held[name].physical_id}
    known = {name: words.split()[0] for name, words in NOT_SAFE.get(way, {}).items()}
    certain = {name for name, effect in known.items() if effect == "REPLACED"}
    assert certain <= replaced <= certain | {name for name, effect in known.items() if effect == "MAY_BE_REPLACED"}
    return replaced


def _stores_are_kept(
    site: UpdatedSite,
    way: str,
    before: Stack,
    after: Set[str],
    held: dict[str, Held],
    replaced: set[str],
    reported: Iterable[Change],
) -> None:
    """Assert that all other stores are the same, with what they held; `after` has the logical ids of the new stack."""
    # Those that leave the stack and are retained are where they were, too.
    changes = store_changes(reported, before)
    retained = {store.change.logical_id for store in changes if store.outcome is DataOutcome.RETAINED}
    stay = {name: resource for name, resource in before.items() if name in (after | retained) - replaced}
    found = site.held(stay, {name: store.physical_id for name, store in held.items()})
    assert found == {name: store for name, store in held.items() if name in stay}
    lost = {name for name, resource in before.items() if is_store(resource)} - stay.keys() - replaced
    assert lost <= NOT_SAFE.get(way, {}).keys() | _generated(before) | PUBLISHED_AGAIN.get(way, set())


def _generated(stack: Stack) -> set[str]:
    """Return the secrets that CloudFormation made up, which go with what they were made for."""
    return {name for name, resource in stack.items() if "GenerateSecretString" in resource.properties}
