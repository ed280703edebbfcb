"""Whether two sightings are one thing: joins by strong keys, with a reason for every join and every refusal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from probes.identity import sorted_keys
from probes.vocabulary import Key, Noun

# A thing has one of each of these; two different values mean two things.
_SINGLE = ("serial", "bridge", "chassis")
_JOINING = ("serial", "chassis", "bridge", "engine", "mac", "udn")
# Values that makers do copy from box to box, or that a server shares with its management card: names must not differ.
_NAMED = ("serial", "engine", "udn")
_CROSS = {"chassis": "mac", "bridge": "mac"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something met under one name (an address, a MAC, a controller's line), with its keys.

    `live` is True when it answered for itself this night. `bound` names sightings it must be joined to (an address
    pair, an address the device says it owns), each with the reason. `managed` is True when it answers SNMP:
    its name may be the one that all of its model come with.
    """

    name: str
    keys: tuple[Key, ...]
    live: bool = True
    bound: Mapping[str, str] = field(default_factory=dict)
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Sightings of one thing, its keys, and why they were or were not joined."""

    members: tuple[str, ...]
    keys: tuple[Key, ...]
    reasons: tuple[str, ...]


class MatchResult(Noun):
    """Which register entry an asset is: `entry`, or None when it is new, or `ambiguous` for a person to decide."""

    entry: str | None = None
    ambiguous: tuple[str, ...] = ()
    reason: str


class _Forest:
    """Groups under way: union-find whose groups know the single-valued keys of their live members."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.parent = {s.name: s.name for s in sightings}
        self.singles = {s.name: _singles(s.keys) for s in sightings}
        self.reasons: dict[str, list[str]] = defaultdict(list)

    def root(self, name: str) -> str:
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def refusal(self, a: str, b: str, key_kind: str) -> str:
        """Why two groups cannot be one thing, or "". The same serial on two live chassis refuses itself."""
        one, other = self.singles[self.root(a)], self.singles[self.root(b)]
        for kind in (*_SINGLE, "hostname") if key_kind in _NAMED else _SINGLE:
            mine, theirs = one.get(kind), other.get(kind)
            if kind != key_kind and mine and theirs and not mine & theirs:
                return f"their {kind}s differ ({min(mine)}, {min(theirs)})"
        return ""

    def join(self, a: str, b: str, key_kind: str, reason: str) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        if first == second:
            return
        refused = self.refusal(first, second, key_kind)
        if refused:
            text = f"not joined: {a} and {b} share {reason}, but {refused}"
            self.reasons[first].append(text)
            self.reasons[second].append(text)
            return
        self.parent[second] = first
        for kind, values in self.singles[second].items():
            self.singles[first].setdefault(kind, set()).update(values)
        self.reasons[first] += [*self.reasons.pop(second, []), f"joined: {a} and {b} by {reason}"]


def _singles(keys: Iterable[Key]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in keys:
        if key.kind == "hostname" or (key.kind in _SINGLE and key.strong):
            found.setdefault(key.kind, set()).add(key.value)
    return found


def join(sightings: Sequence[Sighting]) -> tuple[Group, ...]:
    """Sightings as groups of one thing each, by strong keys and stated bonds; the order given does not matter."""
    ordered = sorted(sightings, key=lambda s: s.name)
    forest = _Forest(ordered)
    for kind in _JOINING:
        _join_by(kind, ordered, forest)
    for sighting in ordered:
        for other, reason in sorted(sighting.bound.items()):
            if other in forest.parent:
                forest.join(sighting.name, other, "bond", reason)
    _join_announced(ordered, forest)
    _join_adapters(ordered, forest)
    return _groups(ordered, forest)


def _join_by(kind: str, sightings: Sequence[Sighting], forest: _Forest) -> None:
    holders: dict[str, list[str]] = defaultdict(list)
    for sighting in sightings:
        for key in sighting.keys:
            if key.strong and key.kind == kind:
                holders[key.value].append(sighting.name)
    for value, names in sorted(holders.items()):
        if kind == "udn" and len(names) > 2:
            continue  # firmware that gives every box the same UUID
        for name in names[1:]:
            forest.join(names[0], name, kind, f"{kind} {value}")


def _join_announced(sightings: Sequence[Sighting], forest: _Forest) -> None:
    """A neighbour known only by its name is the one thing of that name."""
    holders: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        for key in sighting.keys:
            if key.kind == "hostname":
                holders[key.value].append(sighting)
    for value, held in sorted(holders.items()):
        live = {forest.root(s.name) for s in held if s.live}
        remote = [s.name for s in held if not s.live]
        for name in remote if len(live) <= 1 else ():
            forest.join(min(live) if live else remote[0], name, "hostname", f"the announced name {value}")


def _join_adapters(sightings: Sequence[Sighting], forest: _Forest) -> None:
    """A laptop in its dock: one name, given by itself, on exactly two adapters of otherwise unknown things."""
    holders: dict[str, set[str]] = defaultdict(set)
    for sighting in sightings:
        for key in sighting.keys:
            if key.kind == "hostname":
                holders[key.value].add(forest.root(sighting.name))
    managed = {forest.root(sighting.name) for sighting in sightings if sighting.managed}
    for name, roots in sorted(holders.items()):
        pair = sorted(roots)
        known = any(root in managed or forest.singles[root].keys() & set(_SINGLE) for root in pair)
        if len(pair) == 2 and not known:
            forest.join(pair[0], pair[1], "hostname", f"host name {name}, which only these two adapters have")


def _groups(sightings: Sequence[Sighting], forest: _Forest) -> tuple[Group, ...]:
    members: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        members[forest.root(sighting.name)].append(sighting)
    return tuple(
        Group(
            members=tuple(s.name for s in held),
            keys=sorted_keys(key for s in held for key in s.keys),
            reasons=tuple(dict.fromkeys(forest.reasons.get(root, ()))),
        )
        for root, held in sorted(members.items())
    )


class Held:
    """The register's entries by key, for matching many assets."""

    def __init__(self, entries: Mapping[str, Sequence[Key]]) -> None:
        self.keys = {entry: tuple(keys) for entry, keys in entries.items()}
        self.by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry, keys in entries.items():
            for key in keys:
                self.by_key[_slot(key)].add(entry)


def _slot(key: Key) -> tuple[str, str]:
    return (_CROSS.get(key.kind, key.kind), key.value)


def match(asset_keys: Sequence[Key], held: Mapping[str, Sequence[Key]] | Held) -> MatchResult:
    """The register entry these keys belong to. Strong keys decide in order; a name alone only where nothing disagrees.

    Pass a `Held` when matching many assets against one register.
    """
    index = held if isinstance(held, Held) else Held(held)
    refused: list[str] = []
    for key in sorted_keys(k for k in asset_keys if k.strong):
        entries = sorted(e for e in index.by_key.get(_slot(key), ()) if _is_strong_in(index, e, key))
        agreeing = [e for e in entries if not _clash(asset_keys, index.keys[e], key.kind)]
        refused += [f"{e} has {key.kind} {key.value} but {_clash(asset_keys, index.keys[e], key.kind)}"
                    for e in entries if e not in agreeing]  # fmt: skip
        if len(agreeing) == 1:
            return MatchResult(entry=agreeing[0], reason=f"same {key.kind} {key.value}")
        if agreeing:
            return MatchResult(ambiguous=tuple(agreeing), reason=f"several entries have {key.kind} {key.value}")
    return _match_weakly(asset_keys, index, refused)


def _is_strong_in(index: Held, entry: str, key: Key) -> bool:
    return any(k.strong and _slot(k) == _slot(key) for k in index.keys[entry])


def _clash(mine: Sequence[Key], theirs: Sequence[Key], by: str) -> str:
    for kind in _SINGLE:
        ours = {k.value for k in mine if k.kind == kind and k.strong}
        held = {k.value for k in theirs if k.kind == kind and k.strong}
        if kind != by and ours and held and not ours & held:
            return f"its {kind} is {min(held)}, not {min(ours)}"
    return ""


def _match_weakly(asset_keys: Sequence[Key], index: Held, refused: list[str]) -> MatchResult:
    names = [k for k in asset_keys if k.kind == "hostname"]
    found = sorted({e for key in names for e in index.by_key.get(_slot(key), ())})
    agreeing = [e for e in found if not _clash(asset_keys, index.keys[e], "hostname")]
    if len(agreeing) == 1:
        return MatchResult(entry=agreeing[0], reason=f"same host name {names[0].value}, and no strong key disagrees")
    if agreeing:
        return MatchResult(ambiguous=tuple(agreeing), reason=f"several entries have host name {names[0].value}")
    if refused:
        return MatchResult(reason="new: " + "; ".join(refused))
    return MatchResult(reason="new: no entry has any of its keys")
