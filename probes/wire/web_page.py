"""What a device's own web page says of it (RFC 9110): status, Server header, title, realm. Probe `http.page`."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Seen, WebPage
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.http import Ask, Reply, follow
from probes.vocabulary import Json, Recording

TLS_PORTS = frozenset({443, 4443, 5001, 8443, 9443, 10443})
_KEPT_BODY = 16 * 1024
_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,1000}?)</title", re.IGNORECASE | re.DOTALL)
_REALM = re.compile(r'realm\s*=\s*"([^"]{0,256})"', re.IGNORECASE)


async def collect(
    guard: Guard,
    ip: str,
    port: int,
    vantage: str,
    now: Callable[[], datetime],
    *,
    tls: bool | None = None,
    wall_s: float = 8,
) -> Recording:
    """GET / of one port, with at most two redirects on the same address. `tls` None: by the port's custom."""

    async def talk(answers: list[Json]) -> str:
        def hear(ask: Ask, reply: Reply) -> None:
            answers.append(_answer(ask, reply))

        await follow(guard, Ask(ip, port, port in TLS_PORTS if tls is None else tls), hear)
        return ""

    return await exchange(guard, "http.page", ip, vantage, now, wall_s, talk)


def _answer(ask: Ask, reply: Reply) -> Json:
    head, body = reply.head.decode("latin-1"), reply.body[:_KEPT_BODY].decode("latin-1")
    return {"port": ask.port, "tls": ask.tls, "path": ask.path, "status": reply.status, "head": head, "body": body}


def decode(recording: Recording) -> Iterator[Seen]:
    """A WebPage for each port that answered, as its last hop says it. Raises Undecodable."""
    pages: dict[tuple[int, bool], WebPage] = {}
    for said in recording.answers:
        page = _page(recording.target, said)
        earlier = pages.get((page.port, page.tls))
        pages[page.port, page.tls] = _merged(page, earlier) if earlier else page
    yield from pages.values()


def _page(ip: str, said: Json) -> WebPage:
    try:
        reply = Reply(int(said["status"]), said["head"].encode("latin-1"), said["body"].encode("latin-1"))
        port, tls = int(said["port"]), bool(said["tls"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Undecodable("A web answer without its head, body, port or status.") from error
    title = _TITLE.search(reply.body)
    realm = _REALM.search(reply.header("www-authenticate"))
    return WebPage(
        ip=ip,
        port=port,
        tls=tls,
        status=reply.status,
        server=clean(reply.header("server").encode("latin-1")),
        title=clean(html.unescape(clean(title[1], 1000))) if title else "",
        realm=clean(realm[1]) if realm else "",
        location=clean(reply.header("location")),
    )


def _merged(last: WebPage, earlier: WebPage) -> WebPage:
    return WebPage(
        ip=last.ip,
        port=last.port,
        tls=last.tls,
        status=last.status,
        server=last.server or earlier.server,
        title=last.title or earlier.title,
        realm=last.realm or earlier.realm,
        location=last.location or earlier.location,
    )


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"http.page": decode}
