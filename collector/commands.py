"""The collector's commands. What is heavy is imported when it is asked for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probes.errors import BadInput

if TYPE_CHECKING:
    from collector.settings import Settings
    from collector.store import Store

Config = Annotated[Path | None, typer.Option("--config", help="collector.toml")]
Database = Annotated[str | None, typer.Option("--database", help="A file, or postgresql://HOST/NAME.")]


def serve(
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help="Where the database and its key are.")] = None,
    listen: Annotated[str | None, typer.Option("--listen", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.")] = None,
) -> None:
    """Take reports in, and show the register, the standards and the review."""
    from collector import serving
    from collector.settings import read_settings

    settings = read_settings(config, database=database, data_dir=data_dir, listen=listen, port=port)
    print(f"caretaker: listening on http://{settings.listen}:{settings.port}", flush=True)
    serving.serve(settings)


def site(
    action: Annotated[str, typer.Argument(help="add or list")],
    id: Annotated[str, typer.Argument(help="The site's id, as in agent.toml.")] = "",
    name: Annotated[str, typer.Option("--name", help="The school's name.")] = "",
    agent: Annotated[str, typer.Option("--agent", help="A name for the new agent.")] = "",
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Add a site, or another agent to one, and print the agent's token once; or list the sites and their agents."""
    from collector import sites
    from collector.api import now_utc

    with _opened(config, database, data_dir) as (settings, store):
        if action == "list":
            print(
                "\n".join(sites.list_sites(store, settings.tenant)) or "No site yet: caretaker site add ID --name NAME."
            )
        elif action == "add" and id:
            print(sites.add_site(store, settings, id, name, agent, now_utc()))
        else:
            raise BadInput("Write: caretaker site add ID --name NAME, or: caretaker site list.")


def person(
    action: Annotated[str, typer.Argument(help="add, disable or list")],
    email: Annotated[str, typer.Argument(help="E-mail address.")] = "",
    name: Annotated[str, typer.Option("--name", help="As pages show it.")] = "",
    role: Annotated[str, typer.Option("--role", help="technician, leader, governor or admin.")] = "technician",
    site: Annotated[list[str] | None, typer.Option("--site", help="Only these sites; all when not given.")] = None,
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Add a person and print a one-time link with which they choose a password; disable one; or list them."""
    from collector import people
    from collector.api import now_utc
    from collector.sites import prepare

    with _opened(config, database, data_dir) as (settings, store):
        base = settings.public_url or f"http://{settings.listen}:{settings.port}"
        prepare(store, settings, now_utc())
        if action == "list":
            print("\n".join(people.list_people(store, settings.tenant)) or "Nobody yet: caretaker person add EMAIL.")
        elif action == "add" and email:
            chosen = tuple(site or ())
            token = people.add_person(store, settings.tenant, email, name=name, role=role, sites=chosen, now=now_utc())
            print(f"{base}/welcome/{token}")
        elif action == "disable" and email:
            people.disable_person(store, settings.tenant, email, now_utc())
        else:
            raise BadInput("Write: caretaker person add EMAIL --role ROLE, person disable EMAIL, or: person list.")


def export(
    format: Annotated[str, typer.Option("--format", help="csv, xlsx or json.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; standard output when not given.")
    ] = None,
    site: Annotated[str | None, typer.Option("--site", help="One site's lines only.")] = None,
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Write the register out."""
    from collector import exports

    with _opened(config, database, data_dir) as (settings, store):
        exports.export(store, format, out=out, site=site, tenant=settings.tenant)


def review(
    year: Annotated[int, typer.Option("--year", help="The year in which the school year begins.")],
    pdf: Annotated[Path, typer.Option("--pdf", help="The PDF to write.")],
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Also write the workbook.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="The site; may be left out when there is one.")] = None,
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Write the annual review from a year of nights."""
    from collector import review as reviewing

    with _opened(config, database, data_dir) as (settings, store):
        reviewing.review(store, year, pdf, xlsx, site=site, tenant=settings.tenant)


def rebuild(
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Make the register, the changes and the findings again from the raw reports. What people wrote stays."""
    from collector.rebuild import rebuild as again

    with _opened(config, database, data_dir) as (settings, store):
        done = again(store, settings.tenant, _say_progress)
    print(f"{done.applied} reports folded again, {done.failed} could not be.")
    if done.failed:
        raise typer.Exit(1)


def _say_progress(done: int, of: int) -> None:
    """A line on standard error each twentieth of the way."""
    step = max(1, of // 20)
    if done % step == 0 or done == of:
        print(f"caretaker: {done} of {of} reports", file=sys.stderr, flush=True)


def check(
    config: Config = None,
    database: Database = None,
    data_dir: Annotated[Path | None, typer.Option("--data-dir")] = None,
) -> None:
    """Verify the database, the audit chain, and the seal of every report kept. Exits 1 when something is wrong."""
    from collector.checking import check_store

    with _opened(config, database, data_dir) as (_, store):
        wrong = 0
        for sentence in check_store(store):
            wrong += 1
            print(sentence, flush=True)
    print(f"{wrong or 'Nothing'} {'things are' if wrong > 1 else 'thing is' if wrong else 'is'} wrong.")
    if wrong:
        raise typer.Exit(1)


@contextmanager
def _opened(config: Path | None, database: str | None, data_dir: Path | None) -> "Iterator[tuple[Settings, Store]]":
    """The settings and their store, which is closed again whatever happens."""
    from collector.settings import read_settings
    from collector.store import Store

    settings = read_settings(config, database=database, data_dir=data_dir)
    store = Store(settings.database_url)
    try:
        yield settings, store
    finally:
        store.close()
