"""One night: its stages, in an order that never sends two probes' packets to one device at once, with a hard stop."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from agent.controlling import ask_controllers
from agent.hearing import ask_names, hear, read_leases, sweep, sweep_learned
from agent.line import check_filtering, look_at_self, measure_line
from agent.managing import ask_commands, ask_snmp
from agent.round import Round
from agent.servicing import ask_services, follow_up
from probes.transport.packets import oui_lookup
from probes.transport.registry_file import number_lookup
from probes.vocabulary import Outcome

Step = Callable[[Round], Awaitable[None]]


async def look_up_makers(round_: Round) -> None:
    """Who made the MAC addresses, and who holds the enterprise numbers, that were seen; nothing is sent."""
    await round_.keep("oui.lookup", "self", oui_lookup(round_.notebook.macs(), round_.vantage, round_.now))
    numbers = number_lookup(round_.notebook.enterprises(), round_.vantage, round_.now)
    await round_.keep("number.lookup", "self", numbers)


_unmanaged = partial(ask_services, managed_kit=False)
_managed = partial(ask_services, managed_kit=True)

# The steps of a stage run at once, the stages one after another. The line is measured while little else is sent, and
# managed kit is asked by SNMP while the services of everything else are looked at: no device meets two probes at once.
STAGES: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("who is there", (hear, look_at_self, read_leases, measure_line, sweep)),
    ("what each says of itself", (ask_names, ask_snmp, _unmanaged, check_filtering)),
    ("what the controllers list", (ask_controllers,)),
    ("behind the routers", (sweep_learned,)),
    ("what lives there", (ask_snmp, _unmanaged)),
    ("services of managed kit", (_managed,)),
    ("what each service is", (follow_up, ask_commands)),
    ("who made what", (look_up_makers,)),
)


async def walk(round_: Round, seconds: float) -> bool:
    """Walk the whole round within `seconds`. True when it had to stop early; what was learned is in the notebook."""
    left = list(STAGES)
    try:
        async with asyncio.timeout(seconds):
            while left:
                name, steps = left[0]
                await asyncio.gather(*(_whatever_happens(round_, name, step) for step in steps))
                left.pop(0)
    except TimeoutError:
        for name, _ in left:
            round_.note(f"night: {name}", "site", Outcome.SKIPPED, "The hard stop came before this was done.")
    finally:
        round_.progress.close()
    return bool(left)


async def _whatever_happens(round_: Round, name: str, step: Step) -> None:
    """Run one step; a fault of our own in it becomes coverage, and the night goes on."""
    try:
        await step(round_)
    except Exception as error:
        reason = f"This part failed: {type(error).__name__}: {error}"[:300]
        round_.note(f"night: {name}", "site", Outcome.GARBLED, reason)
