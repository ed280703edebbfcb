"""What managed kit says of itself: SNMP with the credentials a person bound to it, and show commands over SSH."""

import asyncio
from pathlib import Path

from agent.plan import asks_default_community, credentials_for
from agent.round import Round
from probes.device_files import maker_oids
from probes.registry import SNMP_TABLES
from probes.seen import System
from probes.transport.snmp import Session, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome, Recording
from probes.wire import cli, maker_values
from probes.wire.system import ACCESS, SYSTEM

SNMP_AT_ONCE = 48
SSH_AT_ONCE = 1
SNMP_KINDS = ("snmp-v3", "snmp-v2c")


def managed(round_: Round) -> tuple[str, ...]:
    """The live addresses that a person bound an SNMP credential to."""
    return tuple(ip for ip in round_.notebook.alive() if credentials_for(ip, round_.config, SNMP_KINDS))


async def ask_snmp(round_: Round) -> None:
    """Ask every live managed device that has not been asked yet."""
    asked = {recording.target for recording in round_.notebook.recordings if recording.probe == SYSTEM.name}
    todo = [ip for ip in managed(round_) if ip not in asked and round_.guard.permits(ip, 161)]
    opted = [ip for ip in round_.notebook.alive() if asks_default_community(ip, round_.config) and ip not in asked]
    if round_.skips("snmp") or not (todo or opted):
        return
    round_.progress.step(f"asking {len(todo)} devices by SNMP")
    turns = asyncio.Semaphore(SNMP_AT_ONCE)
    await asyncio.gather(*(_device(round_, ip, turns) for ip in todo))
    await asyncio.gather(*(_default_community(round_, ip, turns) for ip in opted))
    answered = {r.target for r in round_.notebook.recordings if r.probe == ACCESS}
    round_.progress.done(f"{len(answered & set(todo))} of {len(todo)} devices answered by SNMP")


async def _device(round_: Round, ip: str, turns: asyncio.Semaphore) -> None:
    async with turns:
        for use in credentials_for(ip, round_.config, SNMP_KINDS):
            credential = round_.secrets.snmp[use.name]
            await round_.keep("snmp.access", ip, _ask(round_, ip, credential))
            if _answered(round_, ip):
                return


def _answered(round_: Round, ip: str) -> bool:
    return any(r.target == ip and r.probe == ACCESS for r in round_.notebook.recordings)


async def _ask(round_: Round, ip: str, credential: Credential) -> list[Recording]:
    expected = round_.engines.get(ip) if credential.version == "v3" else None
    budget = SnmpBudget()
    kept: list[Recording] = []
    async with Session(round_.guard, ip, credential, budget, round_.clock, expected_engine=expected) as session:
        async for recording in collect(session, SNMP_TABLES, round_.vantage, round_.now):
            kept.append(recording)
        spoke = any(recording.probe == ACCESS for recording in kept)
        if credential.version == "v3" and session.engine_id and spoke:
            round_.engines.setdefault(ip, session.engine_id)
        # A device that hides its system group may still answer for one object of its maker's own.
        wanted = maker_oids(_system(kept)) if spoke and not session.is_fragile else {}
        if wanted:
            asked = (maker_values.table(wanted.items()),)
            own = [r async for r in collect(session, asked, round_.vantage, round_.now) if r.probe == maker_values.NAME]
            kept += own
    return kept


def _system(kept: list[Recording]) -> str:
    """The sysObjectID among these recordings, or an empty string."""
    systems = (seen for r in kept if r.probe == SYSTEM.name for seen in SYSTEM.seen(r) if isinstance(seen, System))
    return next((seen.object_id for seen in systems), "")


async def _default_community(round_: Round, ip: str, turns: asyncio.Semaphore) -> None:
    """One GET with the community devices are sold with, where a person asked for this test by name."""
    credential = Credential.model_validate({"name": "default community", "version": "v2c", "community": "public"})
    budget = SnmpBudget(silent_retries=1, max_seconds=5)
    async with turns:
        await round_.keep("snmp.access", ip, _try_default(round_, ip, credential, budget))


async def _try_default(round_: Round, ip: str, credential: Credential, budget: SnmpBudget) -> list[Recording]:
    async with Session(round_.guard, ip, credential, budget, round_.clock) as session:
        return [recording async for recording in collect(session, (), round_.vantage, round_.now)]


async def ask_commands(round_: Round) -> None:
    """Log in by SSH where a person bound a login and named the platform, one device at a time."""
    todo = [
        (ip, use.name, use.platforms[ip])
        for ip in round_.notebook.alive()
        for use in credentials_for(ip, round_.config, ("ssh",))
        if ip in use.platforms
    ]
    if round_.skips("ssh.cli") or not todo:
        return
    if not round_.known_hosts:
        for ip, _, _ in todo:
            round_.note("ssh.cli", ip, Outcome.REFUSED, "No file of trusted SSH host keys, so no password was sent.")
        return
    turns = asyncio.Semaphore(SSH_AT_ONCE)
    refused: set[str] = set()
    round_.progress.step(f"asking {len(todo)} devices by SSH")

    async def ask(ip: str, name: str, platform: str) -> None:
        login, known = round_.secrets.ssh[name], round_.known_hosts or ""
        told = round_.config.probes.configuration_lines
        async with turns:
            work = cli.collect(
                round_.guard, ip, platform, login.username, login.password, known, round_.vantage, round_.now,
                refused=refused, enable=login.enable,
                kept=Path(known).parent / "configurations" if told else None,
            )  # fmt: skip
            await round_.keep("ssh.cli", ip, work)

    await asyncio.gather(*(ask(*one) for one in todo))
