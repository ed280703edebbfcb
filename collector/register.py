"""The register in the database: which entries there are, what the network says of each, and what people say."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from collector import tables as t
from collector.changing import last_seen_by
from collector.memory import Held, Memory
from collector.presence import thing_of
from collector.recognising import Book, Known, Recognised, keys_of, recognise
from collector.store import Ready
from probes.errors import BadInput
from probes.vocabulary import Asset

CHUNK = 400
DISPOSED_STATUS = "Disposed of"


def entry_id(number: int) -> str:
    """The identifier people write on a label: CT-000123."""
    return f"CT-{number:06d}"


def naive(at: datetime) -> datetime:
    """UTC without a zone, as the database keeps times."""
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or overwrite those whose key is there. Every row names the same columns."""
    if rows:
        connection.execute(_upserting(connection.dialect.name, table, tuple(rows[0])), list(rows))


@cache
def _upserting(dialect: str, table: Table, columns: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def recognise_assets(connection: Connection, tenant: str, site: str, assets: Sequence[Asset]) -> Recognised:
    """The entry of every asset of a report; strangers are given new numbers, merged entries point at their elder."""
    book = Book(_known(connection, tenant, assets))
    found = recognise(assets, book, site)
    numbers = _issue(connection, tenant, [asset.id for asset in found.strangers])
    found.entries |= {asset: entry_id(number) for asset, number in numbers.items()}
    return found


def _known(connection: Connection, tenant: str, assets: Sequence[Asset]) -> list[Known]:
    """Entries that share a key or an asset id with this report."""
    names: set[tuple[str, str]] = {
        (key.kind, key.value) for asset in assets for key in keys_of(asset) if key.kind != "ip"
    }
    ids = {asset.id for asset in assets}
    entries = set(_entries_with(connection, tenant, names)) | set(_entries_called(connection, tenant, ids))
    keys = _gather(connection, t.entry_key, tenant, entries, "kind value strong")
    sightings = _gather(connection, t.sighting, tenant, entries, "site asset")
    rows = _gather(connection, t.entry, tenant, entries, "number kind subkind merged_into")
    return [
        Known(
            entry=entry,
            number=row[0].number,
            kind=row[0].kind,
            subkind=row[0].subkind,
            sites=frozenset(s.site for s in sightings.get(entry, ())),
            strong=frozenset((k.kind, k.value) for k in keys.get(entry, ()) if k.strong),
            weak=frozenset((k.kind, k.value) for k in keys.get(entry, ()) if not k.strong),
            assets=frozenset(s.asset for s in sightings.get(entry, ())),
        )
        for entry, row in sorted(rows.items())
        if row[0].merged_into is None
    ]


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    ordered = sorted(values)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _entries_with(connection: Connection, tenant: str, names: set[tuple[str, str]]) -> Iterable[str]:
    key = t.entry_key.c
    for chunk in _chunks({value for _, value in names}):
        rows = connection.execute(
            select(key.entry, key.kind, key.value).where(key.tenant == tenant, key.value.in_(chunk))
        )
        yield from (row.entry for row in rows if (row.kind, row.value) in names)


def _entries_called(connection: Connection, tenant: str, assets: set[str]) -> Iterable[str]:
    for chunk in _chunks(assets):
        chosen = select(t.issued.c.number).where(t.issued.c.tenant == tenant, t.issued.c.asset.in_(chunk))
        yield from (entry_id(number) for number in connection.scalars(chosen))


def _gather(connection: Connection, table: Table, tenant: str, entries: set[str], columns: str) -> dict[str, list[Any]]:
    """The rows of these entries, by entry, with no more columns than are needed: JSON is slow to read."""
    found: dict[str, list[Any]] = {}
    wanted = [table.c[name] for name in ("entry", *columns.split())]
    for chunk in _chunks(entries):
        for row in connection.execute(select(*wanted).where(table.c.tenant == tenant, table.c.entry.in_(chunk))):
            found.setdefault(row.entry, []).append(row)
    return found


def _issue(connection: Connection, tenant: str, assets: Sequence[str]) -> dict[str, int]:
    """Numbers for assets: the one given before, or the next. A number is never used for another thing."""
    given: dict[str, int] = {}
    for chunk in _chunks(assets):
        rows = connection.execute(
            select(t.issued.c.asset, t.issued.c.number).where(t.issued.c.tenant == tenant, t.issued.c.asset.in_(chunk))
        )
        given |= {row.asset: row.number for row in rows}
    last = connection.scalar(select(func.max(t.issued.c.number)).where(t.issued.c.tenant == tenant)) or 0
    fresh = [asset for asset in assets if asset not in given]
    made = {asset: last + place for place, asset in enumerate(fresh, 1)}
    if made:
        rows_made = [{"tenant": tenant, "asset": asset, "number": number} for asset, number in made.items()]
        connection.execute(insert(t.issued), rows_made)
    return given | made


def write_entries(
    connection: Connection,
    tenant: str,
    site: str,
    memory: Memory,
    touched: Iterable[str],
    disposed: frozenset[str],
    before: Mapping[str, Held] = MappingProxyType({}),
) -> None:
    """The entries that a look touched, as their last site knows them, with their keys and sightings.

    `before` are entries as they were written last: keys that are still the same are not written again.
    """
    entries = sorted(entry for entry in touched if entry in memory.entries)
    current = {
        entry: rows[0]
        for entry, rows in _gather(connection, t.entry, tenant, set(entries), "first_seen last_seen site").items()
    }
    rows = []
    for entry in entries:
        held, old = memory.entries[entry], current.get(entry)
        first = min(held.first, old.first_seen) if old is not None else held.first
        if old is not None and (old.last_seen, old.site) > (held.last, site):
            connection.execute(
                update(t.entry).where(t.entry.c.tenant == tenant, t.entry.c.entry == entry).values(first_seen=first)
            )
        else:
            rows.append(_row(tenant, site, entry, memory, first, disposed))
    upsert(connection, t.entry, rows)
    keyed = [e for e in entries if e not in before or keys_of(before[e].asset) != keys_of(memory.entries[e].asset)]
    upsert(connection, t.entry_key, [row for entry in keyed for row in _keys(tenant, entry, memory.entries[entry])])
    upsert(connection, t.sighting, [r for e in entries for r in _sightings(tenant, site, e, memory.entries[e])])


def _row(tenant: str, site: str, entry: str, memory: Memory, first: date, disposed: frozenset[str]) -> dict[str, Any]:
    held = memory.entries[entry]
    asset = held.asset
    place = next((seen.view for _, seen in last_seen_by(held) if seen.view.place is not None), None)
    switch, port = place.place if place is not None and place.place is not None else (None, "")
    single = {name: getattr(asset, name) for name in ("kind", "subkind", "maker", "model", "serial", "os", "version")}
    searched = (asset.hostname, asset.serial, asset.maker, asset.model, asset.location, *asset.ips, *asset.macs)
    return {
        "tenant": tenant,
        "entry": entry,
        "number": int(entry.removeprefix("CT-")),
        "site": site,
        **single,
        "hostname": asset.hostname,
        "location": asset.location,
        "macs": list(asset.macs),
        "ips": list(asset.ips),
        "on_entry": switch if switch is not None and switch.startswith("CT-") else None,
        "on_name": _called(switch, memory) or (place.place_label.rsplit(" port ", 1)[0] if place is not None else ""),
        "port": port,
        "vlan": asset.connected_to.vlan if asset.connected_to is not None else None,
        "connected_since": held.connected_since if place is not None else None,
        "asset": Ready(asset.model_dump_json(exclude_defaults=True)),
        "dated": {name: on.isoformat() for name, on in sorted(held.dated.items())},
        "private": asset.private,
        "first_seen": first,
        "last_seen": held.last,
        "state": state_of(held, entry in disposed),
        "words": " ".join(word.lower() for word in (entry, *searched) if word),
        "merged_into": None,
    }


def _called(switch: str | None, memory: Memory) -> str:
    """What the register calls a switch, which a night that lost its name may not; empty when it is no entry."""
    held = memory.entries.get(switch or "")
    return thing_of(switch or "", held.asset).label if held else ""


def state_of(held: Held, disposed: bool) -> str:
    """The word the register shows: a disposed thing is disposed whatever the network says."""
    if disposed:
        return "disposed"
    return "removed" if held.state == "replaced" else held.state


def _keys(tenant: str, entry: str, held: Held) -> list[dict[str, Any]]:
    keys = {(key.kind, key.value): key.strong for key in keys_of(held.asset) if key.kind != "ip"}
    return [
        {"tenant": tenant, "entry": entry, "kind": kind, "value": value, "strong": strong}
        for (kind, value), strong in sorted(keys.items())
    ]


def _sightings(tenant: str, site: str, entry: str, held: Held) -> list[dict[str, Any]]:
    return [
        {
            "tenant": tenant,
            "entry": entry,
            "site": site,
            "vantage": vantage,
            "first": seen.first,
            "last": seen.last,
            "nights": seen.nights,
            "asset": seen.asset,
        }
        for vantage, seen in sorted(held.vantages.items())
    ]


def mark_merged(connection: Connection, tenant: str, merged: Mapping[str, str]) -> None:
    """An entry that turned out to be another: its keys, sightings and people's words go to the elder."""
    for old, new in sorted(merged.items()):
        _move(connection, t.entry_key, tenant, old, new)
        _move(connection, t.sighting, tenant, old, new)
        _move(connection, t.owned_field, tenant, old, new)
        numbers = {"tenant": tenant, "old": int(old.removeprefix("CT-")), "new": int(new.removeprefix("CT-"))}
        connection.execute(
            update(t.issued)
            .where(t.issued.c.tenant == bindparam("tenant_"), t.issued.c.number == bindparam("old"))
            .values(number=bindparam("new")),
            {"tenant_": tenant, "old": numbers["old"], "new": numbers["new"]},
        )
        connection.execute(
            update(t.entry)
            .where(t.entry.c.tenant == tenant, t.entry.c.entry == old)
            .values(merged_into=new, state="merged", words="")
        )


def _move(connection: Connection, table: Table, tenant: str, old: str, new: str) -> None:
    """Rows of one entry become another's; where both have one, the elder's stays."""
    rest = [column for column in table.primary_key if column.name not in ("tenant", "entry")]
    taken = {
        tuple(row) for row in connection.execute(select(*rest).where(table.c.tenant == tenant, table.c.entry == new))
    }
    rows = connection.execute(select(table).where(table.c.tenant == tenant, table.c.entry == old)).mappings().all()
    moved = [dict(row) | {"entry": new} for row in rows if tuple(row[c.name] for c in rest) not in taken]
    connection.execute(delete(table).where(table.c.tenant == tenant, table.c.entry == old))
    if moved:
        connection.execute(insert(table), moved)


def disposed_entries(connection: Connection, tenant: str) -> frozenset[str]:
    """Entries that a person said are disposed of."""
    own = t.owned_field.c
    rows = connection.execute(
        select(own.entry, own.name, own.value).where(own.tenant == tenant, own.name.in_(("disposal", "status")))
    )
    return frozenset(
        row.entry for row in rows if (row.value if row.name == "disposal" else row.value == DISPOSED_STATUS)
    )


def write_owned(
    connection: Connection, tenant: str, entry: str, fields: Mapping[str, str], person: str, now: datetime
) -> None:
    """What a person says of an entry. An empty value takes the word back. The machine never writes here."""
    key = (t.entry.c.tenant == tenant, t.entry.c.entry == entry)
    row = connection.execute(select(t.entry.c.site, t.entry.c.state).where(*key)).one_or_none()
    if row is None:
        raise BadInput(f"There is no {entry} in the register.")
    kept = [
        {"tenant": tenant, "entry": entry, "name": name, "value": value.strip(), "person": person, "at": now}
        for name, value in sorted(fields.items())
        if value.strip()
    ]
    upsert(connection, t.owned_field, kept)
    own = t.owned_field.c
    gone = [name for name, value in fields.items() if not value.strip()]
    connection.execute(delete(t.owned_field).where(own.tenant == tenant, own.entry == entry, own.name.in_(gone)))
    disposed = entry in disposed_entries(connection, tenant)
    if disposed != (row.state == "disposed"):
        state = "disposed" if disposed else "not-seen"
        connection.execute(update(t.entry).where(*key).values(state=state))


# Where both a person and the network have a word for the same thing: the person's name for it, the machine's column.
COMPARED = {"serial": "serial", "model": "model", "maker": "maker", "hostname": "hostname", "location": "location"}


def disagreements(owned: Mapping[str, str], seen: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Field, what a person says, what the network says, wherever both speak and differ. The person's word stands."""
    pairs = ((name, owned.get(name, ""), str(seen.get(column) or "")) for name, column in COMPARED.items())
    return [
        (name, person, machine)
        for name, person, machine in pairs
        if person and machine and person.lower() != machine.lower()
    ]
