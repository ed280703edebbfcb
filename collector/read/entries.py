"""The register as lines: searched, filtered, sorted and counted, with each person's words beside what was seen."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from collector import tables as t
from collector.words import KINDS, STATES, kind_words
from probes.canonical import make_and_model

PAGE = 50
_SEEN = (
    "entry",
    "number",
    "site",
    "kind",
    "subkind",
    "maker",
    "model",
    "serial",
    "os",
    "version",
    "hostname",
    "location",
    "macs",
    "ips",
    "on_entry",
    "on_name",
    "port",
    "vlan",
    "connected_since",
    "private",
    "first_seen",
    "last_seen",
    "state",
    "words",
)
_MAC = re.compile(r"^[0-9a-f]{2}([:.-]?[0-9a-f]{2}){2,5}$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register: machine-owned columns, and the fields that people own."""

    id: str
    number: int
    site: str
    kind: str
    subkind: str
    maker: str
    model: str
    serial: str
    os: str
    version: str
    hostname: str
    location: str
    macs: tuple[str, ...]
    ips: tuple[str, ...]
    on_entry: str | None
    on_name: str
    port: str
    vlan: int | None
    connected_since: date | None
    private: bool
    first_seen: date
    last_seen: date
    state: str
    words: str = ""
    owned: Mapping[str, str] = field(default_factory=dict)

    def word(self, field: str) -> str:
        """A person's word for a field, else the network's: a person's word wins."""
        return self.owned.get(field) or str(getattr(self, field, None) or "")

    @property
    def made(self) -> str:
        """Make and model."""
        return make_and_model(self.word("maker"), self.word("model"))

    @property
    def name(self) -> str:
        """What to call it: its name, else make and model; where the model is not known, its address as well."""
        said = self.word("hostname") or (self.made if self.word("model") else "")
        return said or f"{self.made or self.kind_words} {self.ips[0] if self.ips else self.id}"

    @property
    def kind_words(self) -> str:
        return kind_words(self.kind, self.subkind)

    @property
    def state_words(self) -> str:
        return STATES.get(self.state, self.state)

    @property
    def where(self) -> str:
        """Where a person says it is, else where it says it is."""
        said = ", ".join(filter(None, (self.owned.get("building"), self.owned.get("room"), self.owned.get("cabinet"))))
        return said or self.location

    @property
    def registered(self) -> bool:
        """Whether a person has written anything about it: the other lines were only ever seen."""
        return any(self.owned.values())


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asked of the register."""

    words: str = ""
    kind: str = ""
    state: str = ""
    book: str = ""
    sort: str = "kind"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the register with its counts, which are over the whole site and not over the search."""

    lines: Sequence[Line]
    total: int
    page: int
    pages: int
    kinds: Mapping[str, int]
    registered: int
    unregistered: int
    unseen: int
    every: int


def lines(conn: Connection, tenant: str, site: str) -> list[Line]:
    """Every line of a site's register, by number."""
    return some_lines(conn, tenant, site)


def one_line(conn: Connection, tenant: str, site: str, entry: str) -> Line | None:
    """One line of a site's register, or None when there is no such line at this site."""
    return next(iter(some_lines(conn, tenant, site, t.entry.c.entry == entry)), None)


def some_lines(conn: Connection, tenant: str, site: str, *where: ColumnElement[bool]) -> list[Line]:
    """The lines of a site's register for which all of `where` holds, by number; personal devices are only counted."""
    e = t.entry.c
    owned = owned_fields(conn, tenant, site, *where)
    wanted = select(*(e[name] for name in _SEEN)).where(
        e.tenant == tenant, e.site == site, e.merged_into.is_(None), e.private.is_(False), *where
    )
    rows = conn.execute(wanted.order_by(e.number)).mappings()
    return [_line(row, owned.get(row["entry"], {})) for row in rows]


def _line(row: RowMapping, owned: Mapping[str, str]) -> Line:
    seen = {name: row[name] for name in _SEEN if name not in ("entry", "macs", "ips")}
    return Line(id=row["entry"], macs=tuple(row["macs"]), ips=tuple(row["ips"]), owned=owned, **seen)


def owned_fields(conn: Connection, tenant: str, site: str, *where: ColumnElement[bool]) -> dict[str, dict[str, str]]:
    """The words people wrote about the entries of a site, by entry and field name."""
    o, e = t.owned_field.c, t.entry.c
    joined = t.owned_field.join(t.entry, (o.tenant == e.tenant) & (o.entry == e.entry))
    found: dict[str, dict[str, str]] = {}
    wanted = select(o.entry, o.name, o.value).select_from(joined).where(e.tenant == tenant, e.site == site, *where)
    for entry, name, value in conn.execute(wanted):
        found.setdefault(entry, {})[name] = value
    return found


def search(every: Sequence[Line], query: Query, size: int = PAGE) -> Found:
    """One page of the lines that hold every word of the query, or that it names in full, filtered and sorted."""
    kept = [line for line in every if matches(line, query)]
    exact = [line for line in kept if query.words.lower() in _names(line)]
    kept = exact or kept
    kept.sort(key=lambda line: _sort_key(line, query.sort.removeprefix("-")), reverse=query.sort.startswith("-"))
    pages = max(-(-len(kept) // size), 1)
    page = min(max(query.page, 1), pages)
    registered = sum(line.registered for line in every)
    return Found(
        lines=kept[(page - 1) * size : page * size], total=len(kept), page=page, pages=pages,
        kinds=Counter(line.kind for line in every), registered=registered, unregistered=len(every) - registered,
        unseen=sum(line.registered and line.state in ("not-seen", "removed") for line in every), every=len(every),
    )  # fmt: skip


def matches(line: Line, query: Query) -> bool:
    """Whether a line is asked for. A MAC address may be typed with colons, dashes, dots or nothing."""
    if (query.kind and line.kind != query.kind) or (query.state and line.state != query.state):
        return False
    if not _in_book(line, query.book):
        return False
    text = _searchable(line)
    return all(_holds(text, word) for word in query.words.lower().split())


def _in_book(line: Line, book: str) -> bool:
    if book == "unregistered":
        return not line.registered
    if book == "unseen":
        return line.registered and line.state in ("not-seen", "removed")
    return line.registered if book == "registered" else True


def _searchable(line: Line) -> str:
    seen = (line.id, line.hostname, line.maker, line.model, line.serial, line.os, line.version, line.location)
    words = (line.on_name, line.kind_words, KINDS.get(line.kind, ""), f"port {line.port}")
    mine = (*line.macs, *line.ips, *line.owned.values(), *(mac.replace(":", "") for mac in line.macs))
    return "\n".join((*seen, *words, *mine)).lower()


def _names(line: Line) -> set[str]:
    """What names one line alone: typed in full, nothing that merely begins so is meant."""
    macs = (form for mac in line.macs for form in (mac, mac.replace(":", ""), mac.replace(":", "-")))
    return {
        name.lower() for name in (line.id, line.word("serial"), line.owned.get("tag", ""), *line.ips, *macs) if name
    }


def _holds(text: str, word: str) -> bool:
    plain = word.replace(":", "").replace("-", "").replace(".", "")
    return word in text or (bool(_MAC.match(word)) and plain in text)


def _sort_key(line: Line, sort: str) -> tuple[object, ...]:
    kind = list(KINDS).index(line.kind) if line.kind in KINDS else 99
    keys: dict[str, tuple[object, ...]] = {
        "name": (line.name.lower(), line.number),
        "address": (_address_key(line), line.number),
        "place": (line.where.lower() or "~", line.number),
        "port": (line.on_name.lower() or "~", natural(line.port), line.number),
        "seen": (line.last_seen, line.number),
        "model": (line.made.lower() or "~", line.number),
        "number": (line.number,),
    }
    return keys.get(sort, (kind, line.name.lower(), line.number))


def _address_key(line: Line) -> tuple[tuple[int, int, str], ...]:
    return natural(line.ips[0]) if line.ips else ((9, 0, ""),)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "port 9" before "port 10"."""
    parts = re.findall(r"\d{1,18}|\D+", text.lower())
    return tuple((0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts)


def entry_ids(conn: Connection, tenant: str, site: str) -> set[str]:
    """The ids of a site's entries, to know which subjects have a page."""
    e = t.entry.c
    return set(conn.scalars(select(e.entry).where(e.tenant == tenant, e.site == site, e.merged_into.is_(None))))


def merged_into(conn: Connection, tenant: str, entry: str) -> str | None:
    """The elder entry that this one turned out to be; None when it is itself or not there."""
    e = t.entry.c
    return conn.scalar(select(e.merged_into).where(e.tenant == tenant, e.entry == entry))
