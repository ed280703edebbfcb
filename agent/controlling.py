"""What wireless and switch controllers list: each asked once a night, with its own credential, at its own address."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from agent.config import ControllerUse
from agent.managing import SNMP_KINDS
from agent.plan import credentials_for
from agent.round import Round
from probes.transport.controller import ControllerLogin, Place
from probes.transport.guard import Guard
from probes.vocabulary import Outcome, Recording
from probes.wire import omada, unifi

ASKS = {"unifi": (unifi.PROBE, unifi.collect), "omada": (omada.PROBE, omada.collect)}
UNIFI_SITE = "default"
_PORTS = "snmp.interfaces"


async def ask_controllers(round_: Round) -> None:
    """Ask each controller that a person named, one after another: an address outside the scope gets no packet."""
    for use in round_.config.controllers:
        probe, _ = ASKS[use.kind]
        if round_.skips(probe):
            round_.note(probe, use.address, Outcome.SKIPPED, "Switched off in the agent's configuration.")
            continue
        round_.progress.step(f"asking the controller {use.name}")
        login, numbered = round_.secrets.controllers[use.name], _numbers_its_ports(round_)
        await round_.keep(probe, use.address, ask(use, login, round_.guard, round_.vantage, round_.now, numbered))
        devices = sum(recording.probe == f"{probe}.device" for recording in round_.notebook.recordings)
        round_.progress.done(f"the controller {use.name} lists {devices} devices")


def ask(
    use: ControllerUse,
    login: ControllerLogin,
    guard: Guard,
    vantage: str,
    now: Callable[[], datetime],
    numbered: Callable[[str], bool] = lambda _: False,
) -> Awaitable[list[Recording]]:
    """One talk with one controller. `numbered` tells of an address whether that device numbers its ports itself."""
    _, collect = ASKS[use.kind]
    if guard.permits(use.address, use.port):
        guard.bind(use.address)
    place = Place(use.address, use.port, use.fingerprint, use.ca_file, use.host)
    site = use.site or (UNIFI_SITE if use.kind == "unifi" else "")
    return collect(guard, place, login, site, vantage, now, numbered=numbered)


def _numbers_its_ports(round_: Round) -> Callable[[str], bool]:
    """Whether a device told of its ports by SNMP, or a credential is bound to it and it is still to be asked.

    The controller numbers the same ports in its own way; of one device only one numbering is kept.
    """
    answered = {r.target for r in round_.notebook.recordings if r.probe == _PORTS and r.answers}
    alive = set(round_.notebook.alive())

    def numbers(ip: str) -> bool:
        to_ask = bool(ip) and ip not in alive and bool(credentials_for(ip, round_.config, SNMP_KINDS))
        return ip in answered or to_ask

    return numbers
