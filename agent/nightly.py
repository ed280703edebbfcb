"""From a configuration to a kept and delivered report: prepares the round, walks it, seals, spools, delivers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from agent.config import Config
from agent.credentials import Secrets
from agent.deliver import deliver
from agent.doctor import interface_for
from agent.night import walk
from agent.notebook import Notebook
from agent.plan import Ground, split_scope
from agent.progress import Progress
from agent.recordings import NightHeader, thin_recordings, write_recordings
from agent.report import caretaker_version, compose
from agent.round import Round
from agent.scope import limits_of
from agent.spool import Chain, Spool
from agent.state import State
from agent.summary import summarise
from baselines.seal import seal
from baselines.standards import load_standards
from baselines.vocabulary import Report
from probes.registry import DECODERS
from probes.transport.dns import resolve
from probes.transport.guard import Guard
from probes.transport.packets import on_link

KEPT_NIGHTS = 14


def walk_and_report(config: Config, secrets: Secrets, scopes: Sequence[str], state: State, also: Path | None) -> bool:
    """One whole night. True when it had to stop early; the report is kept, and delivered where a collector is named."""
    progress = Progress()
    round_ = prepare(config, secrets, scopes, state, progress)
    early = asyncio.run(walk(round_, seconds_left(config, datetime.now().astimezone())))
    state.bind_engines(round_.engines)
    header = NightHeader(config=config, scopes=tuple(scopes), stopped_early=early, caretaker=caretaker_version())
    name = f"{round_.now():%Y%m%dT%H%M%SZ}-{config.agent.vantage}.jsonl.gz"
    write_recordings(state.recordings / name, header, round_.notebook.recordings)
    thin_recordings(state.recordings, KEPT_NIGHTS)
    progress.step("understanding and judging the night")
    report = keep(compose(round_.notebook.recordings, config, scopes, state.agent_id, load_standards(), early), state)
    progress.done(f"report {report.seal.sequence if report.seal else '?'} is sealed and kept")
    progress.close()
    if also:
        also.write_text(report.model_dump_json(by_alias=True, indent=1), "utf-8")
    hand_over(config, secrets, state, progress)
    print("\n".join(summarise(report)))
    return early


def prepare(config: Config, secrets: Secrets, scopes: Sequence[str], state: State, progress: Progress) -> Round:
    """The round of this night: who may be asked, from which interface, with what."""
    interface = interface_for(config, tuple(scopes))
    known = state.folder / "known_hosts"
    return Round(
        config=config,
        secrets=secrets,
        scopes=tuple(scopes),
        ground=_ground(scopes, interface),
        interface=interface,
        guard=Guard(limits_of(config, scopes, named_hosts(config)), time.monotonic),
        notebook=Notebook(DECODERS),
        progress=progress,
        now=_utc_now,
        clock=time.monotonic,
        engines=state.engines(),
        known_hosts=str(known) if known.exists() else None,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _ground(scopes: Sequence[str], interface: str | None) -> Ground:
    return split_scope(scopes, on_link(interface, scopes) if interface else ())


def named_hosts(config: Config, look_up: Callable[[str], Sequence[str]] | None = None) -> tuple[str, ...]:
    """The addresses of the endpoints and resolvers that a person named, which may lie outside the scope."""
    names = [endpoint.host for endpoint in config.broadband.endpoints]
    if config.broadband.egress_url:
        names.append(urlsplit(config.broadband.egress_url).hostname or "")
    found = [address for name in names if name for address in (look_up or _addresses)(name)]
    return tuple(dict.fromkeys([*found, *config.filtering.resolvers]))


def _addresses(name: str) -> Sequence[str]:
    try:
        return [str(ip_address(name))]
    except ValueError:
        return asyncio.run(resolve(name))


def seconds_left(config: Config, local: datetime) -> float:
    """How long this night may take: until the hard stop (local time), and never over the most minutes."""
    most = config.agent.max_minutes * 60
    if config.agent.hard_stop is None:
        return most
    stop = datetime.combine(local.date(), config.agent.hard_stop, local.tzinfo)
    if stop <= local:
        stop += timedelta(days=1)
    return min(most, (stop - local).total_seconds())


def keep(report: Report, state: State) -> Report:
    """Number, seal and spool a report. After a crash the spool itself says which number was used last."""
    spool = Spool(state.spool)
    last = spool.last() or Chain()
    chain = max(state.chain(), last, key=lambda end: end.sequence)
    sealed = seal(report, state.key, chain.sequence + 1, chain.sha256)
    spool.put(sealed)
    state.advance(Chain(sequence=chain.sequence + 1, sha256=sealed.seal.sha256 if sealed.seal else ""))
    return sealed


def hand_over(config: Config, secrets: Secrets, state: State, progress: Progress) -> None:
    """Deliver what waits, where a collector and a token are named; say what became of it."""
    address, token = config.delivery.collector, secrets.collector_token
    if not address:
        progress.done(f"no collector is named; the report waits in {state.spool / 'waiting'}")
        return
    if token is None:
        progress.done("the credentials file has no [collector] token; the report waits in the spool")
        return
    done = deliver(Spool(state.spool), address, token.get_secret_value(), config.delivery.ca_file)
    words = f"{done.stored} reports stored by the collector, {done.waiting} waiting, {done.set_aside} set aside"
    progress.done(f"{words}. {done.trouble}".strip())
