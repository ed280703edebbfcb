"""Whether a DNS server answers a recursive question it need not answer (RFC 1035, RFC 5358). Probe `dns.recursion`."""

from collections.abc import Callable, Iterator
from datetime import datetime

from probes.errors import Undecodable
from probes.seen import OpenResolver, Seen
from probes.transport.dns import ask_resolver
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.vocabulary import Json, Recording


async def collect(
    guard: Guard, ip: str, name: str, vantage: str, now: Callable[[], datetime], *, port: int = 53, wall_s: float = 3
) -> Recording:
    """Ask one host one recursive question about `name`, a public name that the school configured."""

    async def talk(answers: list[Json]) -> str:
        said = await ask_resolver(guard, ip, name, port=port, wall_s=wall_s)
        if not said.rcode:
            raise TimeoutError
        answers.append({"name": name, "rcode": said.rcode, "recursion": said.recursion, "addresses": said.addresses})
        broken = said.recursion and said.rcode not in ("NOERROR", "NXDOMAIN", "REFUSED")
        return f"It offers recursion but could not resolve ({said.rcode})." if broken else ""

    return await exchange(guard, "dns.recursion", ip, vantage, now, wall_s + 1, talk)


def decode(recording: Recording) -> Iterator[Seen]:
    """OpenResolver, unless the server offered recursion and failed: then it cannot be told. Raises Undecodable."""
    for said in recording.answers:
        if not isinstance(said, dict) or not isinstance(said.get("rcode"), str):
            raise Undecodable("A DNS answer without its result.")
        answered = said["rcode"] == "NXDOMAIN" or (said["rcode"] == "NOERROR" and bool(said.get("addresses")))
        if answered or not said.get("recursion") or said["rcode"] == "REFUSED":
            yield OpenResolver(ip=recording.target, recursive=bool(answered and said.get("recursion")))


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"dns.recursion": decode}
