"""Which entry of the register each asset of a report is. Pure, and each decision has a reason."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collector.changing import FIXED, SLEEPERS
from probes.identity import ORDER, ip_key, is_random_mac, mac_key, name_key, serial_key, sorted_keys
from probes.vocabulary import Asset, Key

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of an entry that may be one of the report's assets."""

    entry: str
    number: int
    kind: str
    sites: frozenset[str]
    strong: frozenset[Name]
    weak: frozenset[Name] = frozenset()
    assets: frozenset[str] = frozenset()
    subkind: str = ""

    @property
    def serials(self) -> frozenset[str]:
        return frozenset(value for kind, value in self.strong if kind == "serial")


class Book:
    """Known entries, found by key or by the asset id they had."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.entries = {one.entry: one for one in known}
        self._by_name: dict[Name, list[str]] = {}
        self._by_asset: dict[str, list[str]] = {}
        for one in self.entries.values():
            for name in one.strong | one.weak:
                self._by_name.setdefault(name, []).append(one.entry)
            for asset in one.assets:
                self._by_asset.setdefault(asset, []).append(one.entry)

    def named(self, name: Name) -> list[Known]:
        return [self.entries[entry] for entry in self._by_name.get(name, ())]

    def called(self, asset: str) -> list[Known]:
        return [self.entries[entry] for entry in self._by_asset.get(asset, ())]


@dataclass(slots=True)
class Recognised:
    """Asset ids to the entries they are, the assets no entry is for, and entries that turned out to be one."""

    entries: dict[str, str] = field(default_factory=dict)
    strangers: list[Asset] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    passing: list[Asset] = field(default_factory=list)


def keys_of(asset: Asset) -> tuple[Key, ...]:
    """An asset's identity keys; made from its own words where the report gave none."""
    if asset.keys:
        return asset.keys
    made = [serial_key(asset.serial) if asset.serial else None, name_key(asset.hostname) if asset.hostname else None]
    made += [mac_key(mac) for mac in asset.macs]
    return sorted_keys([*(key for key in made if key is not None), *(ip_key(ip) for ip in asset.ips)])


def is_passing(asset: Asset) -> bool:
    """A personal device, or one that shows nothing but an address it made up: counted, never entered."""
    if asset.private:
        return True
    strong = any(key.strong for key in keys_of(asset))
    return not strong and bool(asset.macs) and all(is_random_mac(mac) for mac in asset.macs) and asset.kind not in FIXED


def recognise(assets: Sequence[Asset], book: Book, site: str) -> Recognised:
    """Strong keys join; a shared key joins only one; a serial number that differs refuses; a name helps where no
    strong key speaks, or for an endpoint whose network adapter changed."""
    result = Recognised(passing=[a for a in assets if is_passing(a)])
    kept = sorted((a for a in assets if not is_passing(a)), key=lambda a: (a.kind not in FIXED, a.ips, a.id))
    candidates = {asset.id: _candidates(asset, book) for asset in kept}
    claimed: dict[str, str] = {}
    for asset in sorted(kept, key=lambda a: _claim_strength(a, candidates[a.id], book)):
        free = [entry for entry in candidates[asset.id] if entry not in claimed]
        if free:
            claimed[free[0]] = asset.id
            result.entries[asset.id] = free[0]
    _join_by_name(kept, book, site, claimed, result)
    wanted = Counter(entry for entries in candidates.values() for entry in entries)
    for asset in kept:
        if asset.id in result.entries:
            spare = [e for e in candidates[asset.id] if wanted[e] == 1 and e not in claimed]
            _merge_spares(asset.id, spare, book, result)
        else:
            result.strangers.append(asset)
    return result


def _names(asset: Asset, *, strong: bool) -> list[Name]:
    return [(key.kind, key.value) for key in sorted_keys(keys_of(asset)) if key.strong is strong]


def _candidates(asset: Asset, book: Book) -> list[str]:
    """Entries that share a strong key, the best first; without any strong key, the one it was called by before."""
    strong = _names(asset, strong=True)
    if not strong:
        return sorted(one.entry for one in book.called(asset.id))
    serials = {value for kind, value in strong if kind == "serial"}
    found: dict[str, tuple[bool, int, int]] = {}
    for name in strong:
        for one in book.named(name):
            refused = serials and one.serials and not serials & one.serials
            if name in one.strong and not refused:
                rank = (asset.id not in one.assets, ORDER.index(name[0]), one.number)
                found[one.entry] = min(rank, found.get(one.entry, rank))
    return sorted(found, key=lambda entry: found[entry])


def _claim_strength(asset: Asset, candidates: Sequence[str], book: Book) -> tuple[bool, int, str]:
    same = bool(candidates) and asset.id in book.entries[candidates[0]].assets
    kinds = [ORDER.index(key.kind) for key in keys_of(asset) if key.strong]
    return (not same, min(kinds, default=len(ORDER)), asset.id)


def _join_by_name(kept: Sequence[Asset], book: Book, site: str, claimed: dict[str, str], result: Recognised) -> None:
    called = Counter(name for asset in kept for name in _hostnames(asset))
    for asset in kept:
        if asset.id in result.entries:
            continue
        names = [name for name in _hostnames(asset) if called[name] == 1]
        known = {one.entry: one for name in names for one in book.named(name)}
        matches = [entry for entry, one in known.items() if entry not in claimed and _may_be(asset, one, site)]
        if len(matches) == 1:
            claimed[matches[0]] = asset.id
            result.entries[asset.id] = matches[0]


def _hostnames(asset: Asset) -> list[Name]:
    return [(key.kind, key.value) for key in keys_of(asset) if key.kind == "hostname"]


def _may_be(asset: Asset, one: Known, site: str) -> bool:
    """Whether a thing with this entry's name, and none of its strong keys, may still be it."""
    if site not in one.sites:
        return False
    strong = _names(asset, strong=True)
    if any(kind == "serial" for kind, _ in strong) and one.serials:
        return False
    endpoints = asset.kind in ("endpoint", "unknown") and (one.kind == "endpoint" or one.subkind in SLEEPERS)
    return endpoints or not strong or not one.strong


def _merge_spares(asset: str, spare: Sequence[str], book: Book, result: Recognised) -> None:
    """Entries that only this asset's strong keys speak of are the same thing met in pieces on earlier nights."""
    chosen = result.entries[asset]
    for entry in spare:
        older, newer = sorted((chosen, entry), key=lambda e: book.entries[e].number)
        result.merged[newer] = older
        chosen = older
    result.entries[asset] = chosen
