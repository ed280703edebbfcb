"""How hosts name themselves: multicast DNS, SSDP, NetBIOS, SIP, and DHCP requests."""

import struct
from typing import Any

from tests.lab.serve.tcp import udn
from tests.lab.tables.hostile import WORDS

A, PTR, TXT, SRV, ANY = 1, 12, 16, 33, 255
Record = tuple[str | tuple[bytes, ...], int, bytes]


def _labels(name: str | tuple[bytes, ...]) -> bytes:
    parts = tuple(part.encode() for part in name.split(".")) if isinstance(name, str) else name
    return b"".join(bytes((len(part[:63]),)) + part[:63] for part in parts) + b"\0"


def _text(pairs: tuple[bytes, ...]) -> bytes:
    return b"".join(bytes((len(pair[:255]),)) + pair[:255] for pair in pairs) or b"\0"


def services_of(host: dict[str, Any]) -> tuple[tuple[str, int, tuple[bytes, ...]], ...]:
    """(service type, port, TXT pairs) a host announces."""
    model, maker = host["model"], host["maker"]
    if host["kind"] == "printer":
        said = (f"ty={model}", f"product=({model})", f"usb_MFG={maker}", f"usb_MDL={model}", "pdl=application/pdf")
        return (("_ipp._tcp.local", 631, tuple(map(str.encode, said))), ("_printer._tcp.local", 0, ()))
    if maker == "Apple":
        about = (f"model={model}".encode(), f"deviceid={host['mac'].upper()}".encode())
        kind = "_airplay._tcp.local" if host["subkind"] == "media" else "_apple-mobdev2._tcp.local"
        return ((kind, 7000, about), ("_device-info._tcp.local", 0, about[:1]))
    if host["hostile"]:
        return (("_http._tcp.local", 80, WORDS),)
    if host["kind"] == "nas":
        return (("_smb._tcp.local", 445, ()), ("_device-info._tcp.local", 0, (b"model=Xserve",)))
    return (("_workstation._tcp.local", 9, ()), ("_ssh._tcp.local", 22, ()))


def records(host: dict[str, Any]) -> list[Record]:
    """All multicast DNS records of a host."""
    host_name = (host["hostname"].encode(), b"local")
    first = WORDS[0] if host["hostile"] else (host["model"] if host["kind"] == "printer" else host["hostname"]).encode()
    found: list[Record] = [(host_name, A, bytes(int(part) for part in host["ip"].split(".")))]
    for kind, port, pairs in services_of(host):
        instance = (first, *(part.encode() for part in kind.split(".")))
        found += [
            ("_services._dns-sd._udp.local", PTR, _labels(kind)), (kind, PTR, _labels(instance)),
            (instance, SRV, struct.pack(">HHH", 0, 0, port) + _labels(host_name)), (instance, TXT, _text(pairs)),
        ]  # fmt: skip
    return found


def _encode(records_: list[Record], identifier: int) -> bytes:
    rows = b"".join(
        _labels(name) + struct.pack(">HHIH", kind, 1, 120, len(data)) + data for name, kind, data in records_
    )
    return struct.pack(">HHHHHH", identifier, 0x8400, 0, len(records_), 0, 0) + rows


def announcement(host: dict[str, Any]) -> bytes:
    """An unasked multicast DNS response with all that a host has to say."""
    return _encode(records(host), 0)


def mdns_answer(host: dict[str, Any], question: bytes) -> bytes | None:
    """The response to a multicast DNS query, with the records behind the ones asked for; None when it asks others."""
    if len(question) < 12 or question[2] & 0x80:
        return None
    asked = _questions(question)
    mine = records(host)
    hit = [r for r in mine if any(_labels(r[0]).lower() == name and kind in (r[1], ANY) for name, kind in asked)]
    if not hit:
        return None
    more = [r for r in mine if r not in hit and any(h[1] == PTR and h[2] == _labels(r[0]) for h in hit)]
    return _encode([*hit, *more, *(mine[:1] if mine[0] not in hit else [])], struct.unpack(">H", question[:2])[0])


def _questions(packet: bytes) -> list[tuple[bytes, int]]:
    count, at, found = struct.unpack(">H", packet[4:6])[0], 12, []
    for _ in range(min(count, 30)):
        name, at = _name(packet, at)
        found.append((name.lower(), struct.unpack(">H", packet[at : at + 2])[0]))
        at += 4
    return found


def _name(packet: bytes, at: int) -> tuple[bytes, int]:
    out, end = b"", 0
    for _ in range(40):
        size = packet[at]
        if size & 0xC0:
            end = end or at + 2
            at = (size & 0x3F) << 8 | packet[at + 1]
        elif size:
            out += packet[at : at + 1 + size]
            at += 1 + size
        else:
            break
    return out + b"\0", end or at + 1


def ssdp_answer(host: dict[str, Any], request: bytes) -> bytes | None:
    """The answer to an M-SEARCH for everything, root devices or this kind of device."""
    if not request.startswith(b"M-SEARCH"):
        return None
    kind = "InternetGatewayDevice:1" if host["kind"] == "router" else "MediaRenderer:1"
    target = f"urn:schemas-upnp-org:device:{kind}"
    wanted = request.decode("latin-1").lower()
    if not any(word in wanted for word in ("ssdp:all", "upnp:rootdevice", target.lower())):
        return None
    server = WORDS[0].decode() if host["hostile"] else "Linux/2.6.36 UPnP/1.1 MiniUPnPd/1.8"
    return (
        f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: {target}\r\nUSN: uuid:{udn(host)}::{target}\r\nEXT:\r\n"
        f"SERVER: {server}\r\nLOCATION: http://{host['ip']}:49152/rootDesc.xml\r\n\r\n".encode()
    )


def netbios_answer(host: dict[str, Any], request: bytes) -> bytes | None:
    """The answer to a NetBIOS node status question (RFC 1002)."""
    if len(request) < 12 or b"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" not in request:
        return None
    name = host["hostname"].upper().encode()[:15].ljust(15)
    rows = [(name, 0x00, 0x0400), (b"ASHFIELD".ljust(15), 0x00, 0x8400), (name, 0x20, 0x0400)]
    data = bytes((len(rows),)) + b"".join(n + struct.pack(">BH", kind, flags) for n, kind, flags in rows)
    data += bytes.fromhex(host["mac"].replace(":", "")) + bytes(40)
    head = request[:2] + b"\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00"
    return head + b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00" + struct.pack(">HHIH", 0x21, 1, 0, len(data)) + data


def sip_answer(words: str, request: bytes) -> bytes | None:
    """The answer to OPTIONS (RFC 3261)."""
    if not request.startswith(b"OPTIONS "):
        return None
    kept = [
        line for line in request.decode("latin-1").split("\r\n")
        if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
    ]  # fmt: skip
    return "\r\n".join(["SIP/2.0 200 OK", *kept, f"User-Agent: {words}", "Content-Length: 0", "", ""]).encode()


def dhcp_request(host: dict[str, Any]) -> bytes:
    """A DHCPREQUEST of a client that rebinds the address it has (RFC 2131)."""
    mac = bytes.fromhex(host["mac"].replace(":", ""))
    ip = bytes(int(part) for part in host["ip"].split("."))
    name = WORDS[0][:60] if host["hostile"] else host["hostname"].encode()
    options = [(53, b"\x03"), (61, b"\x01" + mac), (12, name)]
    if host["dhcp_class"]:
        options.append((60, host["dhcp_class"].encode()))
    options.append((55, bytes(host["dhcp_parameters"] or (1, 3, 6, 15))))
    packed = b"".join(bytes((code, len(value))) + value for code, value in options) + b"\xff"
    head = struct.pack(">BBBBIHH", 1, 1, 6, 0, int.from_bytes(mac[2:], "big"), 0, 0x8000)
    return head + ip + bytes(12) + mac.ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63" + packed
