"""Listening and asking in namespaces, with the daemons that real networks run."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from probes.seen import AddressPair, DhcpHeard, DhcpServer, Flood, MdnsService, NameHeard, Neighbour, Seen, SsdpDevice
from probes.vocabulary import Outcome, Recording
from probes.wire import dhcp, mdns, neighbour_frames, netbios, ssdp
from tests.conftest import ROOT
from tests.probes.transport.packet_lab import Lab, wait_until

pytestmark = pytest.mark.lab
LIMITS = {"scopes": ["10.77.0.0/24"]}
# `ip netns exec` gives each command a mount namespace of its own, so that /run can be private to a daemon.
PRIVATE = "mount -t tmpfs none /run && mkdir -p /run/lldpd /run/avahi-daemon && exec "


@pytest.fixture(scope="module")
def wire() -> Iterator[tuple[Lab, str, str]]:
    """An agent's namespace and a switch's, one cable."""
    with Lab("l") as lab:
        agent, switch = lab.room("a"), lab.room("s")
        lab.cable(agent, "eth0", switch, "port24")
        lab.run(agent, "ip", "addr", "add", "10.77.0.1/24", "dev", "eth0")
        lab.run(switch, "ip", "addr", "add", "10.77.0.2/24", "dev", "port24")
        yield lab, agent, switch


def test_a_real_switch_daemon_s_lldp_cdp_edp_and_fdp_are_heard(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    control = lab.folder / "lldpd"
    lab.start(switch, "sh", "-c", f"{PRIVATE} lldpd -d -l -ccccc -ff -ee -M 4 -u {control} -S 'Core switch' -I port24")
    wait_until(lambda: control.exists() and bool(lab.run(switch, "lldpcli", "-u", str(control), "show", "interfaces")))
    for order in ("configure system hostname sw-core-01", "configure lldp tx-interval 1", "update"):
        lab.run(switch, "lldpcli", "-u", str(control), *order.split())
    recording = lab.probe(agent, "listen", LIMITS, interface="eth0", seconds=4)
    found = [seen for seen in neighbour_frames.decode(recording) if isinstance(seen, Neighbour)]
    mac = lab.run(switch, "cat", "/sys/class/net/port24/address").strip()
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    assert recording.target == "self"
    assert {neighbour.protocol for neighbour in found} == {"lldp", "cdp", "edp", "fdp"}
    assert all(neighbour.heard and neighbour.local_port == "eth0" for neighbour in found)
    assert {neighbour.name for neighbour in found} == {"sw-core-01"}
    (lldp,) = [neighbour for neighbour in found if neighbour.protocol == "lldp"]
    assert (lldp.chassis_subtype, lldp.descr, lldp.addresses[0]) == (4, "Core switch", "10.77.0.2")
    assert (lldp.port_id, lldp.port_descr, lldp.source_mac, lldp.med["class"]) == (mac, "port24", mac, "4")
    assert lab.cost["mib"] <= 64


def test_a_flood_on_the_wire_is_kept_small(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    process = lab.begin_probe(agent, "listen", LIMITS, interface="eth0", seconds=6)
    hearing(process)
    script = (
        "import socket, tests.probes.wire.test_neighbour_frames as t\n"
        "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('port24', 0))\n"
        "for at, frame in enumerate(t.flood(10000)): s.send(frame)\n"
    )
    subprocess.run(["ip", "netns", "exec", switch, sys.executable, "-c", script], cwd=ROOT, check=True)
    recording = lab.end_probe(process)
    found = list(neighbour_frames.decode(recording))
    assert recording.outcome is Outcome.PARTIAL
    assert "neighbours" in recording.reason
    assert len([seen for seen in found if isinstance(seen, Neighbour)]) == 64
    (flood,) = [seen for seen in found if isinstance(seen, Flood)]
    assert flood.dropped >= 9_900
    assert lab.cost["mib"] <= 64
    assert lab.cost["cpu"] <= 2.5


def hearing(process: subprocess.Popen[bytes]) -> psutil.Process:
    """Wait until a listen hears. Returns its packet process."""
    found: list[psutil.Process] = []

    def begun() -> bool:
        for child in psutil.Process(process.pid).children(recursive=True):
            # Its first words name the interface that it has opened; they are out before it waits for a frame.
            if "probes.transport.packets_child" in child.cmdline() and child.io_counters().write_chars:
                found.append(child)
        return bool(found)

    wait_until(begun)
    return found[0]


@pytest.fixture
def listening(wire: tuple[Lab, str, str]) -> Iterator[tuple[Lab, subprocess.Popen[bytes], psutil.Process]]:
    """A long listen that has begun, its agent and its packet process."""
    lab, agent, _ = wire
    process = lab.begin_probe(agent, "listen", {"scopes": ["10.77.0.0/24"]}, interface="eth0", seconds=60)
    yield lab, process, hearing(process)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_the_order_is_in_no_argument_and_no_environment(
    listening: tuple[Lab, subprocess.Popen[bytes], psutil.Process],
) -> None:
    _, _, child = listening
    assert "10.77" not in " ".join(child.cmdline())
    assert set(child.environ()) <= {"PYTHONPATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LC_CTYPE"}


def test_a_crash_is_a_garbled_recording_with_what_was_heard_so_far(
    listening: tuple[Lab, subprocess.Popen[bytes], psutil.Process],
) -> None:
    lab, process, child = listening
    child.send_signal(signal.SIGSEGV)
    recording = lab.end_probe(process)
    assert recording.outcome is Outcome.GARBLED
    assert recording.reason.startswith("probe crashed")
    assert recording.answers[0][0] == "interface"


def test_the_packet_process_ends_when_its_agent_is_killed(
    listening: tuple[Lab, subprocess.Popen[bytes], psutil.Process],
) -> None:
    _, process, child = listening
    agents = [p for p in psutil.Process(process.pid).children(recursive=True) if p.pid != child.pid]
    for agent in [psutil.Process(process.pid), *agents]:
        os.kill(agent.pid, signal.SIGKILL)
    process.wait(5)
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 3)


def test_a_cable_that_is_pulled_leaves_a_partial_recording(wire: tuple[Lab, str, str]) -> None:
    lab, agent, _ = wire
    spare = lab.room("x")
    lab.cable(agent, "eth9", spare, "eth0")
    process = lab.begin_probe(agent, "listen", LIMITS, interface="eth9", seconds=20)
    hearing(process)
    lab.run(spare, "ip", "link", "del", "eth0")
    recording = lab.end_probe(process)
    assert recording.outcome is Outcome.PARTIAL
    assert "interface failed" in recording.reason


def test_a_sweep_without_a_link_is_no_complete_sweep(wire: tuple[Lab, str, str]) -> None:
    lab, agent, _ = wire
    spare = lab.room("y")
    lab.cable(agent, "eth8", spare, "eth0")
    lab.run(agent, "ip", "addr", "add", "10.76.0.1/28", "dev", "eth8")
    lab.run(spare, "ip", "link", "set", "eth0", "down")
    recording = lab.probe(agent, "sweep", {"scopes": ["10.76.0.0/28"]}, interface="eth8", networks=["10.76.0.0/28"])
    assert (recording.outcome, recording.answers) == (Outcome.PARTIAL, ())
    assert "link-down" in recording.reason


def test_two_dhcp_servers_are_both_found_and_none_gives_a_lease() -> None:
    with Lab("d") as lab:
        agent, switch, school, rogue = lab.room("a"), lab.room("s"), lab.room("d"), lab.room("r")
        lab.run(switch, "ip", "link", "add", "br0", "type", "bridge")
        lab.run(switch, "ip", "link", "set", "br0", "up")
        for at, room in enumerate((agent, school, rogue)):
            lab.cable(room, "eth0", switch, f"port{at}")
            lab.run(switch, "ip", "link", "set", f"port{at}", "master", "br0")
        lab.run(agent, "ip", "addr", "add", "10.77.0.1/24", "dev", "eth0")
        leases = []
        for room, ip, router in ((school, "10.77.0.10", "10.77.0.254"), (rogue, "10.77.0.200", "10.77.0.200")):
            lab.run(room, "ip", "addr", "add", f"{ip}/24", "dev", "eth0")
            leases.append(lab.folder / f"leases-{ip}")
            lab.start(
                room, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=eth0",
                "--bind-interfaces", "--dhcp-range=10.77.0.100,10.77.0.120,1h", f"--dhcp-option=option:router,{router}",
                f"--dhcp-option=option:dns-server,{ip}", "--domain=school.internal", f"--dhcp-leasefile={leases[-1]}",
                "--pid-file=", "--user=root", "--no-ping", "--log-facility=/dev/null",
            )  # fmt: skip
        macs = {room: lab.run(room, "cat", "/sys/class/net/eth0/address").strip() for room in (school, rogue)}
        wait_until(lambda: all(lease.exists() for lease in leases))
        recording = lab.probe(agent, "dhcp_discover", LIMITS, interface="eth0", seconds=3)
        given = [lease.read_text() for lease in leases]
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    found = {seen for seen in dhcp.decode(recording) if isinstance(seen, DhcpServer)}
    assert found == {
        DhcpServer("10.77.0.10", macs[school], "10.77.0.254", ("10.77.0.10",), "school.internal"),
        DhcpServer("10.77.0.200", macs[rogue], "10.77.0.200", ("10.77.0.200",), "school.internal"),
    }
    assert given == ["", ""]


def test_a_client_is_heard_asking_for_its_lease(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    process = lab.begin_probe(agent, "listen", LIMITS, interface="eth0", seconds=5)
    hearing(process)
    asked = lab.probe(switch, "dhcp_discover", LIMITS, interface="port24", seconds=2)
    lab.run(switch, "ping", "-c1", "-W1", "10.77.0.1")
    found: list[Seen] = list(neighbour_frames.decode(lab.end_probe(process)))
    mac = lab.run(switch, "cat", "/sys/class/net/port24/address").strip()
    assert asked.answers == ()
    assert DhcpHeard(mac, "discover", parameters=(1, 3, 6, 15, 51, 54)) in found
    assert AddressPair("10.77.0.2", mac, "arp") in found


def test_avahi_says_its_services_when_asked(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    services = lab.folder / "services"
    services.mkdir()
    (services / "ipp.service").write_text(
        '<?xml version="1.0"?><service-group><name>Office Printer</name><service><type>_ipp._tcp</type><port>631</port>'
        "<txt-record>ty=KM 4000</txt-record></service><service><type>_caretaker-odd._tcp</type><port>7</port></service>"
        "</service-group>"
    )
    settings = lab.folder / "avahi.conf"
    settings.write_text(
        "[server]\nhost-name=prn-office\nenable-dbus=no\nuse-ipv6=no\nallow-interfaces=port24\n"
        "[publish]\npublish-workstation=no\n[wide-area]\nenable-wide-area=no\n"
    )
    lab.start(
        switch, "sh", "-c",
        f"mount --bind {services} /etc/avahi/services && "
        f"{PRIVATE} avahi-daemon -f {settings} --no-drop-root --no-chroot",
    )  # fmt: skip
    asked: list[Recording] = []

    def said() -> bool:
        # It says a service only after it has made sure that no one else has its name.
        asked.append(lab.probe(agent, "mdns_ask", LIMITS, interface="eth0", hosts=["10.77.0.2"], seconds=1.5))
        return len({seen.service for seen in mdns.decode(asked[-1]) if isinstance(seen, MdnsService)}) == 2

    wait_until(said, 30)
    recording = asked[-1]
    found = list(mdns.decode(recording))
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    assert {seen.service: seen for seen in found if isinstance(seen, MdnsService)} == {
        "_ipp._tcp": MdnsService("10.77.0.2", "_ipp._tcp", "Office Printer", "prn-office", 631, {"ty": "KM 4000"}),
        "_caretaker-odd._tcp": MdnsService("10.77.0.2", "_caretaker-odd._tcp", "Office Printer", "prn-office", 7, {}),
    }
    assert NameHeard("mdns", "prn-office", "10.77.0.2", None) in found


@pytest.mark.parametrize(("hosts", "questions"), [(200, 217), (3000, 17)])
def test_mdns_asks_for_few_addresses_or_none_and_is_soon_done(hosts: int, questions: int) -> None:
    asked = [f"10.79.{at // 250}.{at % 250 + 1}" for at in range(hosts)]
    with Lab("m") as lab:
        agent, switch = lab.room("a"), lab.room("s")
        lab.cable(agent, "eth0", switch, "port24")
        lab.run(agent, "ip", "addr", "add", "10.79.0.1/20", "dev", "eth0")
        end = lab.sniff(switch, "port24")
        limits = {"scopes": ["10.79.0.0/20"]}
        recording = lab.probe(agent, "mdns_ask", limits, interface="eth0", hosts=asked, seconds=0.5)
        heard = [raw for _, raw in end() if raw[12:14] == b"\x08\0" and raw[36:38] == b"\x14\xe9"]
    assert sum(int.from_bytes(raw[46:48], "big") for raw in heard) == questions
    assert recording.outcome is Outcome.COMPLETE
    assert (recording.ended - recording.started).total_seconds() <= 5


def test_samba_says_its_name_and_an_address_out_of_scope_is_not_asked(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    settings = lab.folder / "smb.conf"
    folders = "".join(f"{name} = {lab.folder}\n" for name in ("lock directory", "state directory", "private dir",
                                                             "cache directory", "pid directory"))  # fmt: skip
    settings.write_text(f"[global]\nnetbios name = NAS-01\nworkgroup = SCHOOL\ninterfaces = port24\n{folders}")
    lab.start(switch, "nmbd", "--foreground", "--no-process-group", "-s", str(settings))
    wait_until(lambda: "NAS-01" in lab.run(switch, "nmblookup", "-U", "10.77.0.2", "-s", str(settings), "NAS-01"))
    end = lab.sniff(switch, "port24")
    lab.run(switch, "ip", "addr", "add", "10.77.0.3/24", "dev", "port24")
    limits = {**LIMITS, "fragile": ["10.77.0.3"]}
    recording = lab.probe(agent, "netbios_ask", limits, ips=["10.77.0.2", "10.77.0.3", "10.77.9.9"], seconds=1)
    asked = [raw[30:34] for _, raw in end() if raw[12:14] == b"\x08\0" and raw[36:38] == b"\0\x89"]
    assert [seen.name for seen in netbios.decode(recording) if isinstance(seen, NameHeard)] == ["NAS-01"]
    assert asked == [bytes([10, 77, 0, 2])]


def test_a_upnp_device_says_where_its_description_is(wire: tuple[Lab, str, str]) -> None:
    lab, agent, switch = wire
    script = (
        "import socket, struct\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 1900))\n"
        "member = socket.inet_aton('239.255.255.250') + socket.inet_aton('10.77.0.2')\n"
        "s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, member)\n"
        "while True:\n"
        "    data, peer = s.recvfrom(2048)\n"
        "    if b'ssdp:all' in data:\n"
        "        s.sendto(b'HTTP/1.1 200 OK\\r\\nST: upnp:rootdevice\\r\\nUSN: uuid:9::upnp:rootdevice\\r\\n'\n"
        "                 b'SERVER: Linux UPnP/1.1 MiniUPnPd/2.3\\r\\n'\n"
        "                 b'LOCATION: http://10.77.0.2:5000/d.xml\\r\\n\\r\\n', peer)\n"
    )
    lab.start(switch, sys.executable, "-c", script)
    wait_until(lambda: ":076C " in lab.run(switch, "cat", "/proc/net/udp"))
    recording = lab.probe(agent, "ssdp_ask", LIMITS, interface="eth0", seconds=2)
    (device,) = list(ssdp.decode(recording))
    assert isinstance(device, SsdpDevice)
    assert (device.ip, device.location) == ("10.77.0.2", "http://10.77.0.2:5000/d.xml")
    assert device.server.endswith("MiniUPnPd/2.3")


def test_without_the_capability_the_recording_says_what_is_missing(wire: tuple[Lab, str, str]) -> None:
    _, agent, _ = wire
    order = {"name": "listen", "limits": LIMITS, "arguments": {"interface": "eth0", "seconds": 5}}
    done = subprocess.run(
        ["ip", "netns", "exec", agent, "setpriv", "--bounding-set=-net_raw", sys.executable, "-m",
         "tests.probes.transport.run_probe"],
        input=json.dumps(order) + "\n", capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    said = json.loads(done.stdout.splitlines()[0])
    assert (said["outcome"], said["answers"]) == ("skipped", [])
    assert "CAP_NET_RAW" in said["reason"]
