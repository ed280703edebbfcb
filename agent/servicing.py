"""Which services run where, and what each says of itself: ports by nmap, then one polite question to each."""

import asyncio
from collections.abc import Awaitable, Iterator

from agent.managing import managed
from agent.plan import on_port, tls_ports, web_ports
from agent.round import Round
from probes.seen import SsdpDevice
from probes.vocabulary import Recording
from probes.wire import (
    ftp,
    greeting,
    ipp,
    nmap_scan,
    resolver,
    smb,
    ssh_key,
    tls_certificate,
    upnp_description,
    web_page,
)

AT_ONCE = 16
GREETING_PORTS = frozenset({23, 25, 110, 143, 587, 5900})


async def ask_services(round_: Round, managed_kit: bool) -> None:
    """Scan the ports of managed kit, or of everything else that lives and has not been scanned."""
    if round_.skips("nmap.services"):
        return
    done = {recording.target for recording in round_.notebook.recordings if recording.probe == "nmap.services"}
    bound = set(managed(round_))
    hosts = [ip for ip in round_.notebook.alive() if (ip in bound) == managed_kit and ip not in done]
    hosts = [ip for ip in hosts if round_.guard.permits(ip)]
    if not hosts:
        return
    round_.progress.step(f"looking at the services of {len(hosts)} hosts")
    work = nmap_scan.collect_services(round_.guard, hosts, round_.vantage, round_.now)
    await round_.keep("nmap.services", f"{len(hosts)} hosts", work)
    round_.progress.done(f"{len(hosts)} hosts' services looked at")


async def follow_up(round_: Round) -> None:
    """Ask each open service for its words: certificates, pages, host keys, dialects."""
    turns: dict[str, asyncio.Lock] = {}
    at_once = asyncio.Semaphore(AT_ONCE)
    questions = [q for q in _questions(round_) if not round_.skips(q[0]) and not round_.guard.is_fragile(q[1])]
    round_.progress.step(f"asking {len(questions)} services what they are")

    async def ask(probe: str, ip: str, work: Awaitable[Recording]) -> None:
        async with turns.setdefault(ip, asyncio.Lock()), at_once:
            await round_.keep(probe, ip, work)

    await asyncio.gather(_host_keys(round_), *(ask(*question) for question in questions))
    round_.progress.done(f"{len(questions)} services asked what they are")


async def _host_keys(round_: Round) -> None:
    hosts = [(ip, 22) for ip in on_port(round_.notebook.open_ports(), 22)]
    if hosts and not round_.skips("ssh.host-key"):
        work = ssh_key.collect_all(round_.guard, hosts, round_.vantage, round_.now)
        await round_.keep("ssh.host-key", f"{len(hosts)} hosts", work)


def _questions(round_: Round) -> Iterator[tuple[str, str, Awaitable[Recording]]]:
    guard, vantage, now, ports = round_.guard, round_.vantage, round_.now, round_.notebook.open_ports()
    for port in tls_ports(ports):
        yield "tls.certificate", port.ip, tls_certificate.collect(guard, port.ip, port.port, vantage, now)
    secure = {(port.ip, port.port) for port in tls_ports(ports)}
    for port in web_ports(ports):
        tls = (port.ip, port.port) in secure
        yield "http.page", port.ip, web_page.collect(guard, port.ip, port.port, vantage, now, tls=tls)
    for port in ports:
        if port.port in GREETING_PORTS:
            yield "port.greeting", port.ip, greeting.collect(guard, port.ip, port.port, vantage, now)
    for ip in on_port(ports, 445):
        yield "smb.dialects", ip, smb.collect(guard, ip, vantage, now)
    for ip in on_port(ports, 21):
        yield "ftp.anonymous", ip, ftp.collect(guard, ip, vantage, now)
    for ip in on_port(ports, 631):
        yield "ipp.printer", ip, ipp.collect(guard, ip, vantage, now)
    yield from _resolvers(round_)
    yield from _descriptions(round_)


def _resolvers(round_: Round) -> Iterator[tuple[str, str, Awaitable[Recording]]]:
    """An open resolver is looked for with a name the school itself chose."""
    name = next((test.name for test in round_.config.filtering.tests if test.expect == "allowed"), None)
    for ip in on_port(round_.notebook.open_ports(), 53) if name else ():
        yield "dns.recursion", ip, resolver.collect(round_.guard, ip, name or "", round_.vantage, round_.now)


def _descriptions(round_: Round) -> Iterator[tuple[str, str, Awaitable[Recording]]]:
    places = {(seen.ip, seen.location) for _, seen in round_.notebook.seen(SsdpDevice) if seen.location}
    for ip, location in sorted(places):
        if round_.guard.permits(ip):
            work = upnp_description.collect(round_.guard, ip, location, round_.vantage, round_.now)
            yield "upnp.description", ip, work
