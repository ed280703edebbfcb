"""From an asset's id in a report to the register's entry, as the sightings tell."""

from sqlalchemy import Connection, select

from collector import tables as t


def entry_of_assets(conn: Connection, tenant: str, site: str) -> dict[str, str]:
    """Asset id to entry id, for one site."""
    s = t.sighting.c
    wanted = select(s.asset, s.entry).where(s.tenant == tenant, s.site == site).order_by(s.last)
    return dict(conn.execute(wanted).all())
