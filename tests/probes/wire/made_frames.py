"""One well-formed message of each protocol, made by scapy where it can make it."""

from scapy.contrib.cdp import CDPMsgDeviceID, CDPMsgPlatform, CDPMsgPortID, CDPv2_HDR
from scapy.contrib.lldp import (
    LLDPDUChassisID,
    LLDPDUManagementAddress,
    LLDPDUPortID,
    LLDPDUSystemName,
    LLDPDUTimeToLive,
)
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRSRV
from scapy.layers.l2 import Ether

LLDP_FRAME = bytes(
    Ether(dst="01:80:c2:00:00:0e", src="24:de:c6:00:00:31")
    / LLDPDUChassisID(subtype=4, id="24:de:c6:00:00:31")
    / LLDPDUPortID(subtype=5, id="eth0")
    / LLDPDUTimeToLive(ttl=120)
    / LLDPDUSystemName(system_name="ap-sci-1")
    / LLDPDUManagementAddress(management_address_subtype=1, management_address=b"\x0a\x14\x00\x1f")
)
# Model and voice policy of LLDP-MED, port VLAN of 802.1, MAC/PHY of 802.3.
ORGANISATIONS = bytes.fromhex("fe0b0012bb0a53572d3231302d fe060080c2010014 fe0900120f0103c0360010 fe080012bb020100436e")
LLDP = LLDP_FRAME[14:-2] + ORGANISATIONS + b"\0\0"
CDP = bytes(CDPv2_HDR(msg=[CDPMsgDeviceID(val=b"sw1"), CDPMsgPortID(iface=b"Gi0/1"), CDPMsgPlatform(val=b"cisco")]))


def _edp() -> bytes:
    """Extreme's own layout; scapy has none: header, machine MAC, display name, slot and port, end."""
    name = b"\x99\x01\x00\x09core\x00"
    info = b"\x99\x02\x00\x24" + b"\x00\x00\x00\x0b" + bytes(8) + b"\x0f\x01\x02\x03" + bytes(16)
    body = bytes(2) + bytes.fromhex("000496000102") + name + info + b"\x99\x00\x00\x04"
    return b"\x01\x00" + (8 + len(body)).to_bytes(2, "big") + b"\0\0\0\1" + body


EDP = _edp()
DHCP_OFFER = bytes(
    BOOTP(op=2, yiaddr="10.0.0.9", chaddr=b"\x02\x00\x00\x00\x00\x09", xid=7)
    / DHCP(options=[("message-type", "offer"), ("server_id", "10.0.0.1"), ("router", "10.0.0.1"), "end"])
)
MDNS = bytes(
    DNS(
        qr=1,
        aa=1,
        qd=[DNSQR(qname="_ipp._tcp.local", qtype="PTR")],
        an=[
            DNSRR(rrname="_ipp._tcp.local", type="PTR", rdata="Office._ipp._tcp.local"),
            DNSRRSRV(rrname="Office._ipp._tcp.local", port=631, target="prn.local"),
            DNSRR(rrname="Office._ipp._tcp.local", type="TXT", rdata=[b"ty=KM 4000", b"pdl=x"]),
            DNSRR(rrname="prn.local", type="A", rdata="10.0.0.60"),
        ],
    )
)
SSDP = (
    b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\nSERVER: Linux UPnP/1.0 x/1\r\n"
    b"LOCATION: http://10.0.0.7:80/d.xml\r\n\r\n"
)
NBSTAT = (
    bytes.fromhex("43418400000000010000000020") + b"CK" + b"A" * 30 + bytes.fromhex("0000210001000000000035 02")
    + b"OFFICE-PC      \x00\x04\x00" + b"SCHOOL         \x00\x84\x00" + bytes.fromhex("02aabbccddee") + bytes(11)
)  # fmt: skip
NB138 = (
    b"\x11\x02\x00\x01\x0a\x00\x00\x05\x00\x8a\x00\xbb\x00\x00\x20" + b"EPEGEGEJEDEFCNFAEDCACACACACACAAA" + bytes(40)
)
HEAD = bytes.fromhex("0180c200000e020000000001")
ARP = bytes.fromhex(
    "ffffffffffff0200000000010806000108000604000202000000000 10a0000020200000000020a000001".replace(" ", "")
)
ND = (
    bytes.fromhex("33330000000102000000000286dd6000000000203aff")
    + bytes(16).replace(b"\0", b"\xfe", 1)
    + bytes(16)
    + (bytes.fromhex("88000000e0000000fe800000000000000000000000000002 0201020000000002"))
)


IP_UDP = bytes.fromhex("ffffffffffff0200000000010800")


def _udp(port: int, payload: bytes) -> bytes:
    size = len(payload)
    ip = b"\x45\0" + (size + 28).to_bytes(2, "big") + bytes(4) + b"\x40\x11\0\0\x0a\0\0\x09\x0a\0\0\xff"
    return IP_UDP + ip + port.to_bytes(2, "big") * 2 + (size + 8).to_bytes(2, "big") + b"\0\0" + payload


FRAMES = [
    HEAD + b"\x88\xcc" + LLDP,
    bytes.fromhex("01000ccccccc020000000001") + (len(CDP) + 8).to_bytes(2, "big") + b"\xaa\xaa\x03\0\0\x0c\x20\0" + CDP,
    ARP,
    ND,
    _udp(67, DHCP_OFFER),
    _udp(5353, MDNS),
    _udp(1900, SSDP),
    _udp(137, NBSTAT),
    _udp(138, NB138),
    _udp(5355, MDNS),
]
