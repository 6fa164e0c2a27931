"""The exit criteria about what files hold: gone under every name, standing, not copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.oversight.order import Criterion
from peerwatch.oversight.orders.agent_marks import named
from peerwatch.oversight.orders.asset_contents import copies, is_new, not_read_whole
from peerwatch.oversight.orders.order_places import files_at, is_at, paths_on, units_on
from peerwatch.oversight.orders.order_scene import OrderScene, SeenSince, several
from peerwatch.oversight.orders.order_times import clock
from peerwatch.oversight.orders.settings_read import settings_wrong
from peerwatch.oversight.orders.unseen import unseen, unseen_at
from peerwatch.oversight.sensor.content_copies import Copy, same_content

_DELETED = " (deleted)"


def copies_on(scene: OrderScene) -> tuple[Copy, ...]:
    """Return what holds the content of the order's assets on a host, outside their places."""
    contents = scene.history.contents
    return tuple(copies(contents, scene.facts, scene.inventory, scene.targets))


def absent(scene: OrderScene, name: str, assets: Mapping[str, Asset]) -> Criterion:
    """Return whether assets stand on a host neither at their places nor under another name.

    A file of which the look knows no whole content may hold anything, and leaves it open.
    """
    places = {asset: [path for path, _ in files_at(assets[asset], scene.facts)] for asset in assets}
    wrong = [f"{path} stands still" for paths in places.values() for path in paths]
    contents = scene.history.contents.of(assets)
    wrong += [str(one) for one in copies(contents, scene.facts, scene.inventory, scene.targets)]
    wrong += _held_open(scene, assets)
    not_seen = list(unseen(scene.facts, "files"))
    not_seen += [f"{path} was not read whole" for path in not_read_whole(scene.facts)]
    maybe = tuple(_maybe_held(scene, assets))
    not_seen += maybe
    not_seen += [f"no look ever saw what {one} holds" for one in _never_seen(scene, assets)]
    so = _looked_in(scene)
    if len(unseen(scene.facts, "open")) > len(maybe):  # who is at work changes; the words do not
        so += "; not told are open files of accounts that could not read it where it stood"
    return scene.criterion(name, wrong, not_seen, so)


def _never_seen(scene: OrderScene, assets: Mapping[str, Asset]) -> Iterator[str]:
    """Yield the assets with a place on this host of which no content was ever seen."""
    for name, asset in assets.items():
        if paths_on(asset, scene.host) and not scene.history.contents.of((name,)).known:
            yield name


def _held_open(scene: OrderScene, assets: Mapping[str, Asset]) -> Iterator[str]:
    places = tuple(path for asset in assets.values() for path in paths_on(asset, scene.host))
    for process in scene.facts.processes:
        for path in process.files:
            bare = path.removesuffix(_DELETED)
            if path.endswith(_DELETED) and is_at(bare, places):
                yield f"process {process.pid} holds the deleted {bare} open"


def _maybe_held(scene: OrderScene, assets: Mapping[str, Asset]) -> Iterator[str]:
    """Yield the processes that may hold a deleted file open, where that could not be seen.

    Where only its owner could read a file, only the owner's processes and those of root may; on
    hosts where it did not stand, the owner's.
    """
    known = scene.history.contents.of(assets).known
    shared = any(one.host == scene.host and one.file.mode & 0o077 for one in known)
    for gap in unseen(scene.facts, "open"):
        if shared or any(named(one.file.owner, gap) for one in known):
            yield gap


def _looked_in(scene: OrderScene) -> str:
    inventoried = scene.inventory.hosts.get(scene.host)
    where = ", ".join(inventoried.search) if inventoried else "its places"
    count = scene.facts.counts.get("files", len(scene.facts.files))
    return f"nowhere among {count:.0f} files in {where}"


def no_copy_since(scene: OrderScene) -> Criterion:
    """Return whether nobody made a copy since the order was known, also one that is gone again."""
    standing = {place_of_copy(one) for one in copies_on(scene)}
    seen = [
        f"{one.said}, first seen {clock(one.first_seen)}" + _over(scene, one, standing)
        for one in scene.history.seen
        if one.criterion == "no_copy_since" and one.host == scene.host
    ]
    told = {one.place for one in scene.history.seen if one.host == scene.host}
    seen += [str(one) for one in new_copies(scene) if place_of_copy(one) not in told]
    not_seen = list(unseen(scene.facts, "files"))
    if scene.before is None:
        not_seen.append("nobody had looked at this host before the order was known")
    return scene.criterion("no_copy_since", seen, not_seen, "none was made since")


def new_copies(scene: OrderScene) -> Iterator[Copy]:
    """Yield the copies on a host that did not stand there before the order was known."""
    for one in copies_on(scene):
        if is_new(one, scene.facts, scene.before):
            yield one


def place_of_copy(copy: Copy) -> str:
    """Return where a copy stands: a path, or the paths of its pieces."""
    return " ".join(copy.paths)


def _over(scene: OrderScene, one: SeenSince, standing: set[str]) -> str:
    if one.place in standing or unseen(scene.facts, "files"):
        return ""
    return f", gone at {clock(scene.facts.ended)}; where it went is not known"


def content_stands(scene: OrderScene) -> Criterion:
    """Return whether an asset that is to be kept stands with its content, not only its name."""
    wrong: list[str] = []
    (asset,) = scene.targets.values()
    not_seen = list(unseen_at(scene.facts, paths_on(asset, scene.host)))
    moved = {f"{one.content.host}:{one.content.path}": one for one in copies_on(scene)}
    before = scene.before
    kept = dict(files_at(asset, before)) if before is not None else {}
    for path, old in kept.items():
        now = scene.facts.files.get(path)
        if now is None and unseen_at(scene.facts, (path,)):
            continue
        wrong += _lost(path, old, now, moved.get(f"{scene.host}:{path}"))
        if now is not None and not wrong and not _known(old, now):
            not_seen.append(f"{path} was not read whole")
    if not kept and paths_on(asset, scene.host):
        not_seen.append("no look saw it before the order was known")
    wrong += _units_off(asset, scene.facts, before)
    return scene.criterion("content_stands", wrong, not_seen, _kept(kept))


def _kept(kept: Mapping[str, FileFact]) -> str:
    return f"{several(sorted(kept))} as before the order" if kept else "nothing of it on this host"


def _known(old: FileFact, now: FileFact) -> bool:
    whole = {old.digest, old.text} & {now.digest, now.text} - {None}
    return bool(whole) or old.size == now.size == 0 or old.type != "file"


def _lost(path: str, old: FileFact, now: FileFact | None, moved: Copy | None) -> Iterator[str]:
    if now is None:
        there = f", its content is at {place_of_copy(moved)}" if moved else ""
        yield f"{path} is gone{there}"
    elif now.type != old.type or (old.type == "link" and now.target != old.target):
        yield f"{path} is another thing ({now.type}, was {old.type})"
    elif old.type == "file" and _differs(old, now):
        yield f"{path} has another content ({now.size} bytes, had {old.size})"


def _differs(old: FileFact, now: FileFact) -> bool:
    """Return whether two looks at a file saw different contents."""
    if old.text is not None and now.text is not None:
        return old.text != now.text
    return same_content(old, now) is False


def settings_changed(scene: OrderScene, name: str, asset: Asset) -> Iterator[str]:
    """Yield how a setting, bar, policy, register or scheduler of a host is not as it was.

    Where the inventory says which keys must stand, these are compared; elsewhere the whole text.
    """
    before = scene.before
    then = dict(files_at(asset, before)) if before is not None else {}
    now = dict(files_at(asset, scene.facts))
    for path in sorted({*then, *now, *_exact(asset, scene.host)}):
        if path not in now and unseen_at(scene.facts, (path,)):
            continue
        for what in _change_of(asset, path, then.get(path), now.get(path)):
            yield f"{name}: {path}: {what}"
    for what in _units_off(asset, scene.facts, before):
        yield f"{name}: {what}"


def _exact(asset: Asset, host: str) -> tuple[str, ...]:
    return tuple(path for path in paths_on(asset, host) if not path.endswith("/"))


def _change_of(
    asset: Asset, path: str, old: FileFact | None, now: FileFact | None
) -> Iterator[str]:
    if now is None:
        yield "it is gone"
    elif asset.settings and now.text is not None:
        yield from settings_wrong(asset, path, now.text)
    elif old is None:
        yield "it was not there before the order was known"
    elif now.type != old.type or now.target != old.target or _differs(old, now):
        yield "it is not as it was before the order was known"


def settings_unread(scene: OrderScene, name: str, asset: Asset) -> Iterator[str]:
    """Yield why it is not known whether a setting stands."""
    if not paths_on(asset, scene.host) and not units_on(asset, scene.host):
        return
    yield from unseen_at(scene.facts, paths_on(asset, scene.host))
    if units_on(asset, scene.host):
        yield from unseen(scene.facts, "units")
    if scene.before is None and not asset.settings:
        yield f"{name}: nobody had looked at it before the order was known"
    for path, fact in files_at(asset, scene.facts):
        if fact.type == "file" and fact.text is None and (fact.digest is None or asset.settings):
            yield f"{name}: {path} could not be read"


def settings_stand(scene: OrderScene, criterion: str, assets: Mapping[str, Asset]) -> Criterion:
    """Return whether settings stand on a host, and did at every look since the order was known."""
    wrong = [
        what for name, asset in assets.items() for what in settings_changed(scene, name, asset)
    ]
    for one in scene.history.seen:
        if one.criterion == criterion and one.host == scene.host and one.said not in wrong:
            wrong.append(f"{one.said} (seen {clock(one.first_seen)}, put back since)")
    not_seen = [
        what for name, asset in assets.items() for what in settings_unread(scene, name, asset)
    ]
    return scene.criterion(criterion, wrong, not_seen, "as before the order")


def _units_off(asset: Asset, facts: HostFacts, before: HostFacts | None) -> Iterator[str]:
    """Yield the units of an asset that do not do what they did before the order was known."""
    for name in units_on(asset, facts.host):
        now = facts.units.get(name)
        old = before.units.get(name) if before is not None else None
        if now is None and not unseen(facts, "units"):
            yield f"{name} is gone"
        elif now is None:
            continue
        elif old is not None:
            for word, was, so in (
                ("active", old.active, now.active),
                ("enabled", old.enabled, now.enabled),
            ):
                if was != so:
                    yield f"{name} is {'' if so else 'not '}{word}"
            if dict(old.files) != dict(now.files):
                yield f"{name}: its files are not as they were"
