"""What wireless and switch controllers list: each asked once a night, with its own credential, at its own address."""

from collections.abc import Callable

from agent.config import ControllerUse
from agent.managing import SNMP_KINDS
from agent.plan import credentials_for
from agent.round import Round
from probes.transport.controller import Place
from probes.vocabulary import Outcome
from probes.wire import omada, unifi

ASKS = {"unifi": (unifi.PROBE, unifi.collect), "omada": (omada.PROBE, omada.collect)}
UNIFI_SITE = "default"
_PORTS = "snmp.interfaces"


async def ask_controllers(round_: Round) -> None:
    """Ask each controller that a person named, one after another: an address outside the scope gets no packet."""
    for use in round_.config.controllers:
        probe, collect = ASKS[use.kind]
        if round_.skips(probe):
            round_.note(probe, use.address, Outcome.SKIPPED, "Switched off in the agent's configuration.")
            continue
        round_.progress.step(f"asking the controller {use.name}")
        if round_.guard.permits(use.address, use.port):
            round_.guard.bind(use.address)
        work = collect(
            round_.guard, _place(use), round_.secrets.controllers[use.name],
            use.site or (UNIFI_SITE if use.kind == "unifi" else ""), round_.vantage, round_.now,
            numbered=_numbers_its_ports(round_),
        )  # fmt: skip
        await round_.keep(probe, use.address, work)
        devices = sum(recording.probe == f"{probe}.device" for recording in round_.notebook.recordings)
        round_.progress.done(f"the controller {use.name} lists {devices} devices")


def _place(use: ControllerUse) -> Place:
    return Place(use.address, use.port, use.fingerprint, use.ca_file, use.host)


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
