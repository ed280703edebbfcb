"""Whether the DNS filter acts: each configured test name, asked of each resolver. Probe `dns.filter`.

Only names that the school configured are ever asked. A name the filter takes for blocked may as well not exist: the
answer's reason says which words of the resolver made the verdict.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Literal

from probes.canonical import clean
from probes.errors import OutOfScope, Undecodable
from probes.seen import FilterAnswer, Seen
from probes.transport.dns import DnsAnswer, ask_resolver
from probes.transport.guard import Guard
from probes.vocabulary import Json, Noun, Outcome, Recording

SAFE_NAMES = {
    "google": ("forcesafesearch.google.com",),
    "bing": ("strict.bing.com",),
    "youtube": ("restrict.youtube.com", "restrictmoderate.youtube.com"),
    "youtube-nocookie": ("restrict.youtube.com", "restrictmoderate.youtube.com"),
    "youtubei": ("restrict.youtube.com", "restrictmoderate.youtube.com"),
    "duckduckgo": ("safe.duckduckgo.com",),
    "pixabay": ("safesearch.pixabay.com",),
}
_SINKS = tuple(ip_network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "::/128", "::1/128"))
_PRIVATE = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
_NO = {
    "NXDOMAIN": "The resolver says that there is no such name (NXDOMAIN).",
    "REFUSED": "The resolver refuses to answer for this name.",
}


class FilterTest(Noun):
    """One name to ask, what it stands for, and what a working filter does with it."""

    name: str
    category: str = ""
    expect: Literal["blocked", "allowed", "safe-search"] = "blocked"


async def collect(
    guard: Guard,
    resolver: str,
    tests: Sequence[FilterTest],
    vantage: str,
    now: Callable[[], datetime],
    *,
    block_pages: Sequence[str] = (),
    port: int = 53,
    wall_s: float = 3,
) -> Recording:
    """Ask one resolver for every test name; `block_pages` are addresses where the filter shows its page.

    The safe names of the search engines asked for are looked up too, so that an answer by address can be known.
    """
    started = now()
    names = dict.fromkeys([test.name for test in tests] + [safe for test in tests for safe in safe_names(test)])
    outcome, reason, answers = Outcome.COMPLETE, "", ()
    try:
        got = await asyncio.gather(*(_ask(guard, resolver, name, port, wall_s) for name in names))
        replies = dict(zip(names, got, strict=True))
        answers = tuple(_row(test, replies, block_pages) for test in tests)
        silent = [name for name, reply in replies.items() if not reply.rcode]
        if silent:
            outcome = Outcome.TIMED_OUT if len(silent) == len(names) else Outcome.PARTIAL
            reason = f"No answer within {wall_s:g} s to {len(silent)} of {len(names)} questions."
    except OutOfScope as error:
        outcome, reason = Outcome.SKIPPED, str(error)
    return Recording(
        probe="dns.filter", target=resolver, vantage=vantage, started=started, ended=now(), outcome=outcome,
        reason=reason, answers=answers,
    )  # fmt: skip


async def _ask(guard: Guard, resolver: str, name: str, port: int, wall_s: float) -> DnsAnswer:
    try:
        return await ask_resolver(guard, resolver, name, port=port, wall_s=wall_s)
    except OSError:
        return DnsAnswer()


def _row(test: FilterTest, replies: dict[str, DnsAnswer], block_pages: Sequence[str]) -> Json:
    reply = replies[test.name]
    return {
        **test.model_dump(),
        "rcode": reply.rcode,
        "addresses": reply.addresses,
        "aliases": reply.aliases,
        "safe": {name: replies[name].addresses for name in safe_names(test)},
        "block_pages": list(block_pages),
    }


def safe_names(test: FilterTest) -> tuple[str, ...]:
    """The names that this service answers by when SafeSearch is forced; () for a test that does not ask for it."""
    if test.expect != "safe-search":
        return ()
    labels = test.name.lower().removeprefix("www.").removeprefix("m.").split(".")
    return next((SAFE_NAMES[label] for label in labels if label in SAFE_NAMES), ())


def decode(recording: Recording) -> Iterator[Seen]:
    """A FilterAnswer for each test name. Raises Undecodable.

    A resolver that resolves none of the names asked filters nothing and proves nothing: all is unknown then.
    """
    works = any(_resolves(said) for said in recording.answers)
    for said in recording.answers:
        try:
            verdict, reason = judge(said, works)
            yield FilterAnswer(
                resolver=recording.target,
                name=clean(said["name"]),
                category=clean(said["category"]),
                expected=_expected(said["expect"]),
                verdict=verdict,
                answers=tuple(clean(text) for text in (*said["aliases"], *said["addresses"])),
                reason=clean(reason),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Undecodable("A filter answer without its name, result or addresses.") from error


def _expected(value: Json) -> str:
    if value not in ("blocked", "allowed", "safe-search"):
        raise ValueError("no such expectation")
    return str(value)


def _resolves(said: Json) -> bool:
    try:
        return bool(said["addresses"]) or any(said["safe"].values())
    except (KeyError, TypeError, AttributeError) as error:
        raise Undecodable("A filter answer without its name, result or addresses.") from error


def judge(said: Json, works: bool) -> tuple[str, str]:
    """The verdict on one answer, and the words for it. `works` says that the resolver resolved some name at all."""
    if not said["rcode"]:
        return "unknown", "The resolver did not answer."
    if not works:
        return "unknown", "The resolver resolved none of the names it was asked for, so nothing can be told from it."
    if said["rcode"] in _NO:
        return "blocked", _NO[said["rcode"]]
    if said["rcode"] != "NOERROR" or not said["addresses"]:
        return "unknown", f"The resolver gave no address ({said['rcode']})."
    sink = next((address for address in said["addresses"] if _is_block(address, said)), None)
    if sink is not None:
        return "blocked", f"The answer {sink} is a block address."
    return _search_verdict(said) if said["expect"] == "safe-search" else ("allowed", "The name resolves.")


def _is_block(text: str, said: Json) -> bool:
    address = ip_address(text)
    if text in said["block_pages"] or any(
        address in network for network in _SINKS if network.version == address.version
    ):
        return True
    # A test name is public: a private answer to it is the filter's own page. An allowed name may be the school's own.
    private = any(address in network for network in _PRIVATE if network.version == address.version)
    return private and said["expect"] != "allowed"


def _search_verdict(said: Json) -> tuple[str, str]:
    alias = next((name for name in said["aliases"] if name in said["safe"]), None)
    if alias is not None:
        return "safe-search", f"The name leads to {alias}."
    known = {name: set(addresses) for name, addresses in said["safe"].items() if addresses}
    for name, addresses in known.items():
        if set(said["addresses"]) <= addresses:
            return "safe-search", f"The answer is the address of {name}."
    if not said["safe"]:
        return "unknown", "It is not known by which name this service forces SafeSearch."
    if not known:
        return "unknown", "The resolver gave no address for the service's SafeSearch name to compare with."
    return "unsafe", "The name leads to the service without SafeSearch."


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"dns.filter": decode}
