"""Recorded frames of real devices: every one decoded, and the same as other dissectors read them."""

import csv
import re
from collections import Counter
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import dns.message
import dns.name
import dns.rdatatype
import pytest
from scapy.contrib import cdp as scapy_cdp
from scapy.contrib import lldp as scapy_lldp
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.l2 import Ether

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import AddressPair, DhcpHeard, DhcpServer, Garbled, NameHeard, Neighbour, Seen, SsdpDevice
from probes.wire.cdp_frame import read_cdp
from probes.wire.dhcp import COOKIE, read_dhcp
from probes.wire.dns_message import read_message
from probes.wire.ethernet import kind_of, open_frame, open_udp, snap
from probes.wire.lldp_frame import read_lldp
from tests.probes.wire.frames import captured, seen

pytestmark = pytest.mark.corpus
# Recorded to be wrong: no magic cookie, or one that is two octets late (tcpdump reads no options there either); no
# chassis TLV, which 802.1AB tells a receiver to discard.
WRONG = {
    "zeek-dhcp_bad_cookie_option_retention.pcap": 3,
    "tcpdump-dhcp-rfc4388.pcap": 2,
    "tcpdump-lldp_8021_linkagg.pcap": 2,
}
LISTENED = {"lldp", "cdp", "dhcp", "mdns", "ssdp", "netbios", "arp"}
# A DNS question in a NetBIOS costume on port 53: not for a listener.
ELSEWHERE = {"ndpi-netbios_wildcard_dns_query.pcap"}


@pytest.fixture(scope="session")
def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "pcap/truth.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["file"] not in ELSEWHERE]


@pytest.fixture(scope="session")
def files(corpus: Path, rows: list[dict[str, str]]) -> dict[str, list[bytes]]:
    return {row["file"]: captured(corpus / "pcap" / row["file"]) for row in rows}


def of_kind(frames: list[bytes], kind: str) -> list[bytes]:
    return [frame for frame in frames if kind_of(frame) == kind]


def test_every_recorded_frame_of_a_known_protocol_is_decoded(
    rows: list[dict[str, str]], files: dict[str, list[bytes]]
) -> None:
    kinds: Counter[str] = Counter()
    for row in rows:
        garbled = sum(found.count for found in seen(files[row["file"]]) if isinstance(found, Garbled))
        assert garbled == WRONG.get(row["file"], 0), row["file"]
        kinds.update(kind_of(frame) for frame in files[row["file"]])
        missing = (set(row["protocol"].split()) & LISTENED) - {kind_of(frame) for frame in files[row["file"]]}
        assert not missing or row["source"] == "IoT Sentinel", f"{row['file']} holds no {missing}"
    for kind, least in {"lldp": 14, "cdp": 8, "dhcp": 120, "mdns": 300, "ssdp": 400, "netbios": 250}.items():
        assert kinds[kind] >= least, kinds


def test_a_device_s_set_up_names_no_other_device(rows: list[dict[str, str]], files: dict[str, list[bytes]]) -> None:
    devices = [row for row in rows if row["source"] == "IoT Sentinel"]
    assert len(devices) >= 40
    for row in devices:
        own = re.findall(r"sent by ([0-9a-f:]{17})", row["note"])
        macs = {mac for found in seen(files[row["file"]]) for mac in _macs(found)}
        assert macs <= set(own), row["file"]


def _macs(found: Seen) -> list[str]:
    if isinstance(found, AddressPair | DhcpHeard):
        return [found.mac]
    return [found.mac] if isinstance(found, NameHeard) and found.mac else []


def test_lldp_frames_say_what_scapy_reads(files: dict[str, list[bytes]]) -> None:
    read = 0
    for frames in files.values():
        for frame in of_kind(frames, "lldp"):
            try:
                ours = read_lldp(open_frame(frame).payload, "eth0")
                theirs = Ether(frame)
            except (Undecodable, scapy_lldp.LLDPInvalidFrameStructure):
                continue
            assert ours is not None
            read += 1
            name = theirs.getlayer(scapy_lldp.LLDPDUSystemName)
            assert ours.name == (clean(name.system_name) if name else "")
            port = theirs.getlayer(scapy_lldp.LLDPDUPortID)
            assert ours.port_subtype == port.subtype
            expected = port.id if isinstance(port.id, str) else clean(port.id)
            assert ours.port_id == expected
            chassis = theirs.getlayer(scapy_lldp.LLDPDUChassisID)
            assert ours.chassis_subtype == chassis.subtype
            if chassis.subtype == 4:
                assert ours.chassis_id == chassis.id
    assert read >= 12


def test_lldp_frames_say_what_tcpdump_reads(corpus: Path, files: dict[str, list[bytes]]) -> None:
    for name in ("tcpdump-lldp_mudurl.pcap", "tcpdump-lldp-app-priority.pcap"):
        text = (corpus / f"pcap/{name}.txt").read_text()
        (found, *others) = [one for one in seen(files[name]) if isinstance(one, Neighbour)]
        assert not others
        assert found.chassis_id == re.search(r"Subtype MAC address \(4\): (\S+)", text)[1]  # type: ignore[index]
        assert found.name == re.search(r"System Name TLV .*: (.*)", text)[1]  # type: ignore[index]
        assert found.port_descr == re.search(r"Port Description TLV .*: (.*)", text)[1]  # type: ignore[index]
        assert found.descr == re.search(r"System Description TLV .*\n\s+(.*)", text)[1]  # type: ignore[index]
        addresses = tuple(dict.fromkeys(re.findall(r"AFI IPv\d \(\d\): (\S+)", text)))
        assert found.addresses == addresses
    (mud, *_) = [one for one in seen(files["tcpdump-lldp_mudurl.pcap"]) if isinstance(one, Neighbour)]
    assert (mud.capabilities, mud.duplex) == (("wlan-ap",), "full")


def test_med_inventory_of_a_small_switch_is_read(files: dict[str, list[bytes]]) -> None:
    (found,) = seen(files["lldpd-sg200.pcap"])
    assert isinstance(found, Neighbour)
    assert {**found.med} == {
        "class": "4",
        "hardware": "V02",
        "firmware": "1.0.8.3",
        "software": "1.0.8.3",
        "serial": "XXX11111ZZZ",
        "maker": "0xbc001BWT",
        "model": "SG 200-08P",
        "asset": found.med["asset"],
    }


def test_cdp_frames_say_what_scapy_reads(files: dict[str, list[bytes]]) -> None:
    read = 0
    for frames in files.values():
        for frame in of_kind(frames, "cdp"):
            ours = read_cdp(snap(open_frame(frame))[1], "eth0")
            theirs = scapy_cdp.CDPv2_HDR(snap(open_frame(frame))[1])
            fields = {type(message).__name__: message for message in theirs.msg}
            assert ours.chassis_id == clean(fields["CDPMsgDeviceID"].val)
            assert ours.port_id == clean(fields["CDPMsgPortID"].iface)
            assert ours.platform == clean(fields["CDPMsgPlatform"].val)
            assert ours.version == clean(fields["CDPMsgSoftwareVersion"].val)
            if "CDPMsgNativeVLAN" in fields:
                assert ours.vlan == fields["CDPMsgNativeVLAN"].vlan
            if "CDPMsgDuplex" in fields:
                assert ours.duplex == ("full" if fields["CDPMsgDuplex"].duplex else "half")
            listed = fields["CDPMsgAddr"].addr if "CDPMsgAddr" in fields else []
            assert set(ours.addresses) >= {record.addr for record in listed if hasattr(record, "addr")} - {"0.0.0.0"}
            read += 1
    assert read >= 8


def test_dhcp_frames_say_what_scapy_reads(files: dict[str, list[bytes]]) -> None:
    read = 0
    for name, frames in files.items():
        for frame in of_kind(frames, "dhcp"):
            theirs = Ether(frame)
            if DHCP not in theirs or "bad_cookie" in name:
                continue
            ours = read_dhcp(open_udp(open_frame(frame)).payload)
            options = {option[0]: option[1:] for option in theirs[DHCP].options if isinstance(option, tuple)}
            kinds = {
                1: "discover",
                2: "offer",
                3: "request",
                4: "decline",
                5: "ack",
                6: "nak",
                7: "release",
                8: "inform",
            }
            assert ours.kind == kinds.get(options["message-type"][0], "other")
            assert ours.transaction == theirs[BOOTP].xid
            assert ours.given == theirs[BOOTP].yiaddr
            assert ours.client == theirs[BOOTP].chaddr[:6].hex(":").replace("00:00:00:00:00:00", "")
            if "hostname" in options:
                assert clean(ours.options[12]) == clean(options["hostname"][0])
            if "server_id" in options:
                assert str(IPv4Address(ours.options[54])) == options["server_id"][0]
            if "param_req_list" in options:
                assert list(ours.options[55]) == list(options["param_req_list"][0])
            read += 1
    assert read >= 100


def test_dhcp_frames_say_what_tcpdump_reads(corpus: Path, files: dict[str, list[bytes]]) -> None:
    for name in ("tcpdump-dhcp-option-33.pcap", "tcpdump-dhcp-rfc4388.pcap", "tcpdump-dhcp-rfc5859.pcap"):
        text = (corpus / f"pcap/{name}.txt").read_text()
        payloads = [open_udp(open_frame(frame)).payload for frame in of_kind(files[name], "dhcp")]
        ours = [read_dhcp(payload) for payload in payloads if payload[236:240] == COOKIE]
        said = re.findall(r"DHCP-Message \(53\), length 1: (\S+)", text)
        assert len(ours) == len(said)
        known = {"discover", "offer", "request", "ack"}
        assert [m.kind for m in ours if m.kind in known] == [word.lower() for word in said if word.lower() in known]
        servers = {found.ip for found in seen(files[name]) if isinstance(found, DhcpServer)}
        assert servers <= set(re.findall(r"Server-ID \(54\), length 4: (\S+)", text))
        routers = {found.router for found in seen(files[name]) if isinstance(found, DhcpServer) and found.router}
        assert routers <= set(re.findall(r"Default-Gateway \(3\), length 4: (\S+)", text))


def test_options_that_overflow_into_file_and_sname_are_read(files: dict[str, list[bytes]]) -> None:
    (frame,) = files["suricata-dhcp-option-52-overload-both.pcap"]
    message = read_dhcp(open_udp(open_frame(frame)).payload)
    assert message.options[56] == b"Padding" + b"file name field overload" + b"sname field overload"


def test_mdns_messages_say_what_dnspython_reads(files: dict[str, list[bytes]]) -> None:
    read = 0
    for frames in files.values():
        for frame in of_kind(frames, "mdns"):
            payload = open_udp(open_frame(frame)).payload
            ours, theirs = read_message(payload), dns.message.from_wire(payload, one_rr_per_rrset=True)
            sections = [rr for section in (theirs.answer, theirs.authority, theirs.additional) for rr in section]
            names = Counter((rr.name.labels[:-1], int(rr.rdtype)) for rr in sections)
            assert Counter((r.name, r.type) for r in ours.records if r.type != dns.rdatatype.OPT) == names
            for record in ours.records:
                if record.type == dns.rdatatype.PTR:
                    targets = {rr[0].target.labels[:-1] for rr in sections if rr.rdtype == dns.rdatatype.PTR}
                    assert ours.name_in(record) in targets
            read += 1
    assert read >= 300


def test_what_recorded_mdns_and_ssdp_devices_say_of_themselves(files: dict[str, list[bytes]]) -> None:
    names = {found for found in seen(files["zeek-mdns.pcap"]) if isinstance(found, NameHeard)}
    assert ("johanna-QEMU-Virtual-Machine", "10.0.2.7") in {(name.name, name.ip) for name in names}
    assert all(name.ip and (IPv6Address(name.ip) if ":" in name.ip else IPv4Address(name.ip)) for name in names)
    hue = [found for found in seen(files["iot-HueSwitch-1.pcap"]) if isinstance(found, SsdpDevice)]
    assert {device.location for device in hue} == {"http://10.10.10.6:80/description.xml"}
    assert {device.udn for device in hue} == {"uuid:2f402f80-da50-11e1-9b23-0017882476ff"}
    (router,) = [found for found in seen(files["suricata-sip-ssdp-pm.pcap"]) if isinstance(found, SsdpDevice)]
    assert "MiniUPnPd/1.6" in router.server


def test_ssdp_frames_hold_the_headers_that_stand_in_them(files: dict[str, list[bytes]]) -> None:
    told = 0
    for frames in files.values():
        for frame in of_kind(frames, "ssdp"):
            text = open_udp(open_frame(frame)).payload
            found = [one for one in seen([frame]) if isinstance(one, SsdpDevice)]
            assert bool(found) == (not text.startswith(b"M-SEARCH") and b"byebye" not in text)
            for device in found:
                assert device.usn.encode() in text
                assert device.location.encode() in text
                assert device.server.encode() in text
                told += 1
    assert told >= 100
