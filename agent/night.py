"""One night: its stages, in an order that never sends two probes' packets to one device at once, with a hard stop."""

import asyncio
from collections.abc import Awaitable, Callable

from agent.hearing import ask_names, hear, sweep_routed, sweep_segment
from agent.managing import ask_commands, ask_snmp
from agent.measuring import check_filtering, look_at_self, measure_line
from agent.round import Round
from agent.servicing import ask_services, follow_up
from probes.transport.packets import oui_lookup
from probes.vocabulary import Outcome

Stage = Callable[[Round], Awaitable[None]]


async def walk(round_: Round, seconds: float) -> bool:
    """Walk the whole round within `seconds`. True when it had to stop early; what was learned is in the notebook."""
    left: list[tuple[str, Stage]] = [
        ("hear", _hear),
        ("segment", _segment),
        ("routed", _routed),
        ("services", _services),
        ("makers", _makers),
    ]
    try:
        async with asyncio.timeout(seconds):
            while left:
                await _whatever_happens(round_, *left[0])
                left.pop(0)
    except TimeoutError:
        for name, _ in left:
            round_.note(f"night.{name}", "site", Outcome.SKIPPED, "The hard stop came before this was done.")
    finally:
        round_.progress.close()
    return bool(left)


async def _whatever_happens(round_: Round, name: str, stage: Stage) -> None:
    """Run a stage; a fault of our own in it becomes coverage, and the night goes on with the next."""
    try:
        await stage(round_)
    except Exception as error:
        round_.note(
            f"night.{name}", "site", Outcome.GARBLED, f"This part failed: {type(error).__name__}: {error}"[:300]
        )


async def _hear(round_: Round) -> None:
    """Listen, look at the agent itself, sweep its segment, and measure the line while little else is sent."""
    await asyncio.gather(*(stage(round_) for stage in (hear, look_at_self, measure_line, sweep_segment)))


async def _segment(round_: Round) -> None:
    """Ask managed kit by SNMP while the services of everything else are looked at: never both of one device."""
    await asyncio.gather(
        ask_names(round_), ask_snmp(round_), ask_services(round_, managed_kit=False), check_filtering(round_)
    )


async def _routed(round_: Round) -> None:
    """The same again for what the routers named and for who answers behind them."""
    await sweep_routed(round_)
    await asyncio.gather(ask_snmp(round_), ask_services(round_, managed_kit=False))


async def _services(round_: Round) -> None:
    """Managed kit's own services, then one question to each service that is open, and show commands."""
    await ask_services(round_, managed_kit=True)
    await asyncio.gather(follow_up(round_), ask_commands(round_))


async def _makers(round_: Round) -> None:
    """Who made the MAC addresses that were seen; nothing is sent."""
    await round_.keep("oui.lookup", "self", oui_lookup(round_.notebook.macs(), round_.vantage, round_.now))
