"""What comes back from questions: sweeps, DHCP offers, mDNS, SSDP and NetBIOS answers."""

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSRR, DNSRRSRV
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether

from probes.errors import Undecodable
from probes.seen import AddressPair, Alive, Conflict, DhcpHeard, DhcpServer, Garbled, MdnsService, NameHeard, SsdpDevice
from probes.vocabulary import Recording
from probes.wire import arp_sweep, dhcp, mdns, nd, neighbour_frames, netbios, ssdp
from probes.wire.dns_message import PTR, ask, is_askable
from probes.wire.ethernet import open_frame
from tests.probes.transport.dhcp_reference import discover_frame, is_offer_to
from tests.probes.transport.nd_reference import echo_frame, solicitation_frame
from tests.probes.wire.frames import recording, seen
from tests.probes.wire.made_frames import MDNS, NBSTAT, SSDP

ONE, TWO = "02:00:00:00:00:01", "02:00:00:00:00:02"
DECODERS = {
    **arp_sweep.DECODERS, **dhcp.DECODERS, **mdns.DECODERS, **nd.DECODERS, **neighbour_frames.DECODERS,
    **netbios.DECODERS, **ssdp.DECODERS,
}  # fmt: skip


def test_each_probe_has_one_decoder() -> None:
    assert set(DECODERS) == {
        "arp.sweep", "icmp.sweep", "nd.sweep", "frames.heard", "dhcp.discover", "mdns.ask", "ssdp.ask",
        "netbios.ask",
    }  # fmt: skip


@pytest.mark.parametrize("probe", DECODERS)
@pytest.mark.parametrize("answer", ["x", 7, None, [], ["10.0.0.1"], [None, None], ["nowhere", "zz"], {"a": 1}])
def test_answers_of_another_shape_are_undecodable_or_nothing(probe: str, answer: object) -> None:
    try:
        found = list(DECODERS[probe](recording(probe, [answer])))
    except Undecodable:
        return
    assert found in ([], [Alive("10.0.0.1", "icmp")]) or all(isinstance(one, Garbled) for one in found)


def test_an_address_that_two_claim_is_a_conflict_and_both_are_alive() -> None:
    found = list(arp_sweep.decode(recording("arp.sweep", [["10.0.0.9", TWO], ["10.0.0.9", ONE], ["10.0.0.8", ONE]])))
    assert Conflict("10.0.0.9", (ONE, TWO)) in found
    assert {Alive("10.0.0.9", "arp", ONE), Alive("10.0.0.9", "arp", TWO), Alive("10.0.0.8", "arp", ONE)} <= set(found)
    assert AddressPair("10.0.0.8", ONE, "arp") in found
    assert sum(isinstance(one, Conflict) for one in found) == 1


def test_a_thousand_claims_of_one_address_are_bounded() -> None:
    answers = [["10.0.0.9", f"02:00:00:00:{at // 256:02x}:{at % 256:02x}"] for at in range(1, 1000)]
    found = list(arp_sweep.decode(recording("arp.sweep", answers)))
    (conflict,) = [one for one in found if isinstance(one, Conflict)]
    assert len(conflict.macs) == 16


def test_an_arp_answer_with_a_group_mac_is_refused() -> None:
    frame = bytes(Ether(src=ONE) / ARP(op=2, hwsrc="01:00:5e:00:00:01", psrc="10.0.0.9"))
    with pytest.raises(Undecodable):
        arp_sweep.read_arp(open_frame(frame))
    assert arp_sweep.read_arp(open_frame(bytes(Ether() / ARP(op=2, hwsrc=ONE, psrc="10.0.0.9")))) == (
        2,
        "10.0.0.9",
        ONE,
    )


def test_a_probe_for_an_address_that_is_not_yet_owned_is_no_sign_of_life() -> None:
    assert seen([bytes(Ether(src=ONE) / ARP(op=1, hwsrc=ONE, psrc="0.0.0.0", pdst="10.0.0.9"))]) == []


def test_echoes_are_alive_and_their_times_stay_in_the_recording() -> None:
    found = list(arp_sweep.decode_icmp(recording("icmp.sweep", [["10.0.0.9", 1.25], ["10.0.0.9", 2]])))
    assert found == [Alive("10.0.0.9", "icmp")]


def test_ipv6_neighbours_are_alive_only_where_their_address_is_local() -> None:
    found = list(nd.decode(recording("nd.sweep", [["fe80::1", ONE, "echo"], ["fd00:0::2", TWO, "advertisement"]])))
    assert found[:2] == [Alive("fe80::1", "nd", ONE), AddressPair("fe80::1", ONE, "nd")]
    assert Alive("fd00::2", "nd", TWO) in found
    with pytest.raises(Undecodable):
        list(nd.decode(recording("nd.sweep", [["2001:db8::1", ONE, "echo"]])))


def test_a_neighbour_advertisement_is_read_as_scapy_made_it_and_refused_from_afar() -> None:
    advertisement = ICMPv6ND_NA(tgt="fe80::9", R=0, S=1) / ICMPv6NDOptDstLLAddr(lladdr=TWO)
    near = Ether(src=ONE, dst="33:33:00:00:00:01") / IPv6(src="fe80::9", dst="fe80::1", hlim=255) / advertisement
    answer = nd.read_icmp6(open_frame(bytes(near)))
    assert (answer.ip, answer.mac, answer.how) == ("fe80::9", TWO, "advertisement")
    near[IPv6].hlim = 254
    with pytest.raises(Undecodable):
        nd.read_icmp6(open_frame(bytes(near)))


def test_our_questions_are_what_scapy_would_send() -> None:
    mac = bytes.fromhex("020000000001")
    theirs = Ether(solicitation_frame(mac, "fe80::1", "fe80::aa:bbcc"))
    assert theirs[IPv6].dst == "ff02::1:ffaa:bbcc"
    assert theirs.dst == "33:33:ff:aa:bb:cc"
    assert theirs[ICMPv6ND_NS].tgt == "fe80::aa:bbcc"
    for frame in (solicitation_frame(mac, "fe80::1", "fe80::9"), echo_frame(mac, "fe80::1", 77)):
        ours = Ether(frame)
        remade = Ether(frame)
        del remade[IPv6].payload.cksum
        assert bytes(remade) == bytes(ours)
    question = Ether(discover_frame(mac, 0xC0FFEE, 3))
    assert (question[BOOTP].xid, question[BOOTP].secs, question[BOOTP].flags.B) == (0xC0FFEE, 3, True)
    assert question[DHCP].options[0] == ("message-type", 1)
    assert not any(option[0] in ("requested_addr", "server_id") for option in question[DHCP].options)
    checked = Ether(discover_frame(mac, 1))
    del checked[IP].chksum
    assert Ether(bytes(checked))[IP].chksum == question[IP].chksum


def _offer(kind: str, transaction: int = 7, **extra: object) -> bytes:
    options = [("message-type", kind), ("server_id", "10.0.0.1"), ("router", "10.0.0.254")]
    options += [("name_server", "10.0.0.1", "10.0.0.2"), ("domain", b"school.internal"), "end"]
    return bytes(
        Ether(src=TWO, dst="ff:ff:ff:ff:ff:ff")
        / IP(src="10.0.0.1", dst="255.255.255.255")
        / UDP(sport=67, dport=68)
        / BOOTP(op=2, xid=transaction, yiaddr="10.0.0.77", chaddr=bytes.fromhex("020000000009"))
        / DHCP(options=options)
    )


def test_every_server_that_offers_is_reported_once_with_what_it_hands_out() -> None:
    answers = [["dhcp", 0.1, TWO, _offer("offer").hex()], ["dhcp", 2.0, TWO, _offer("offer").hex()]]
    answers.append(["dhcp", 0.2, ONE, _offer("offer").replace(b"\x0a\0\0\x01", b"\x0a\0\0\x63").hex()])
    answers.append(["dhcp", 0.3, ONE, "ff" * 60])
    assert list(dhcp.decode(recording("dhcp.discover", answers))) == [
        DhcpServer("10.0.0.1", TWO, "10.0.0.254", ("10.0.0.1", "10.0.0.2"), "school.internal"),
        DhcpServer("10.0.0.99", ONE, "10.0.0.254", ("10.0.0.99", "10.0.0.2"), "school.internal"),
        Garbled("dhcp", 1),
    ]


def test_only_an_offer_to_our_own_question_is_kept() -> None:
    assert is_offer_to(_offer("offer"), 7)
    assert not is_offer_to(_offer("offer"), 8)
    assert not is_offer_to(_offer("ack"), 7)
    assert not is_offer_to(discover_frame(bytes(6), 7), 7)


def test_an_acknowledged_lease_is_an_address_pair() -> None:
    assert AddressPair("10.0.0.77", "02:00:00:00:00:09", "dhcp") in seen([_offer("ack")])


def test_a_client_s_fingerprint_is_kept_in_its_order() -> None:
    options = [("message-type", "discover"), ("hostname", b"LAPTOP-7"), ("vendor_class_id", b"MSFT 5.0")]
    options += [("param_req_list", [1, 3, 6, 15, 31, 33]), ("requested_addr", "10.0.0.50"), "end"]
    frame = (
        Ether(src=ONE, dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=bytes.fromhex("020000000001"))
        / DHCP(options=options)
    )
    assert seen([bytes(frame)]) == [
        DhcpHeard(ONE, "discover", "LAPTOP-7", "MSFT 5.0", (1, 3, 6, 15, 31, 33), "10.0.0.50"),
        NameHeard("dhcp", "LAPTOP-7", None, ONE),
    ]


def asked(probe: str, *payloads: bytes, ip: str = "10.0.0.60") -> Recording:
    return recording(probe, [[ip, payload.hex()] for payload in payloads])


def test_a_printer_s_service_has_its_instance_host_port_and_words() -> None:
    assert list(mdns.decode(asked("mdns.ask", MDNS))) == [
        MdnsService("10.0.0.60", "_ipp._tcp", "Office", "prn", 631, {"ty": "KM 4000", "pdl": "x"}),
        NameHeard("mdns", "prn", "10.0.0.60", None),
    ]


def test_a_service_s_parts_may_come_in_any_packet() -> None:
    pointer = DNS(qr=1, qd=[], an=[DNSRR(rrname="_http._tcp.local", type="PTR", rdata="Tv._http._tcp.local")])
    place = DNS(qr=1, qd=[], an=[DNSRRSRV(rrname="Tv._http._tcp.local", rclass=0x8001, port=80, target="tv.local")])
    text = DNS(qr=1, qd=[], an=[DNSRR(rrname="Tv._http._tcp.local", type="TXT", rdata=[b"a=1", b"flag", b"a=2"])])
    found = list(mdns.decode(asked("mdns.ask", bytes(text), bytes(place), bytes(pointer))))
    assert found == [MdnsService("10.0.0.60", "_http._tcp", "Tv", "tv", 80, {"a": "1", "flag": ""})]


def test_open_instances_are_those_without_a_place() -> None:
    pointer = DNS(qr=1, qd=[], an=[DNSRR(rrname="_http._tcp.local", type="PTR", rdata="Tv._http._tcp.local")])
    assert list(mdns.open_instances([bytes(pointer), MDNS, b"junk"])) == ["Tv._http._tcp.local"]


def test_a_reverse_answer_names_the_host() -> None:
    answer = DNS(qr=1, qd=[], an=[DNSRR(rrname="60.0.0.10.in-addr.arpa", type="PTR", rdata="prn.local")])
    assert list(mdns.decode(asked("mdns.ask", bytes(answer)))) == [NameHeard("mdns", "prn", "10.0.0.60", None)]


def test_questions_are_read_by_our_own_reader_and_long_names_are_not_asked() -> None:
    assert DNS(ask([("_ipp._tcp.local", PTR)])).qd[0].qname == b"_ipp._tcp.local."
    assert not is_askable("a" * 64 + ".local")
    assert not is_askable("a..local")
    with pytest.raises(ValueError, match="label"):
        ask([("a" * 64, PTR)])


def test_an_ssdp_answer_that_points_at_another_host_sends_nobody_there() -> None:
    (own,) = ssdp.decode(asked("ssdp.ask", SSDP, ip="10.0.0.7"))
    assert own == SsdpDevice(
        ip="10.0.0.7",
        server="Linux UPnP/1.0 x/1",
        target="upnp:rootdevice",
        usn="uuid:1::upnp:rootdevice",
        location="http://10.0.0.7:80/d.xml",
        udn="uuid:1",
    )
    for elsewhere in (
        b"http://8.8.8.8/",
        b"https://10.0.0.7/",
        b"http://10.0.0.7:99999/",
        b"http://[::1/",
        b"file:///etc",
    ):
        hostile = SSDP.replace(b"http://10.0.0.7:80/d.xml", elsewhere)
        (device,) = ssdp.decode(asked("ssdp.ask", hostile, ip="10.0.0.7"))
        assert isinstance(device, SsdpDevice)
        assert device.location == ""


def test_a_node_status_names_the_machine_and_not_its_group_or_user() -> None:
    assert list(netbios.decode(asked("netbios.ask", NBSTAT, b"junk", ip="10.0.0.9"))) == [
        NameHeard("netbios", "OFFICE-PC", "10.0.0.9", "02:aa:bb:cc:dd:ee"),
        Garbled("netbios", 1),
    ]
