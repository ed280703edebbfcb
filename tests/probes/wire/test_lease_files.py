"""DHCP servers' lease files: four forms, the last word on an address, and nothing of what is over or out of scope."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.errors import Undecodable
from probes.identify import identify
from probes.seen import AddressPair, Alive, NameHeard
from probes.sightings import gather
from probes.vocabulary import Json, Observation, Outcome
from probes.wire.lease_files import Lease, collect, decode, leases_in
from tests.probes.wire.loopback import guard, now, recording, seen

ON = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SOON, PAST = int(ON.timestamp()) + 3600, int(ON.timestamp()) - 60

DNSMASQ = f"""{SOON} 3c:52:82:00:00:07 10.20.1.7 LIB-PC07 01:3c:52:82:00:00:07
{PAST} 3c:52:82:00:00:08 10.20.1.8 LIB-PC08 *
0 3c:52:82:00:00:09 10.20.1.9 * *
duid 00:01:00:01:2b:4d
{SOON} 1234 2001:db8::7 LIB-PC07 00:01
"""
ISC = """# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

lease 10.20.1.7 {
  starts 1 2026/11/23 08:00:00;
  ends 1 2026/11/23 20:00:00;
  binding state active;
  hardware ethernet 3c:52:82:00:00:01;
  client-hostname "OLD";
}
lease 10.20.1.7 {
  starts 2 2026/11/24 00:30:00;
  ends 2 2026/11/24 12:30:00;
  binding state active;
  hardware ethernet 3c:52:82:00:00:07;
  client-hostname "LIB-PC07";
}
lease 10.20.1.8 {
  ends 2 2026/11/24 00:30:00;
  binding state free;
  hardware ethernet 3c:52:82:00:00:08;
}
lease 10.20.1.9 {
  ends never;
  binding state active;
  hardware ethernet 3c:52:82:00:00:09;
}
"""
KEA = f"""address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
10.20.1.7,3c:52:82:00:00:01,,3600,{SOON},1,0,0,old,0,,0
10.20.1.7,3c:52:82:00:00:07,01:3c,3600,{SOON},1,0,0,LIB-PC07.,0,,0
10.20.1.8,3c:52:82:00:00:08,,3600,{PAST},1,0,0,LIB-PC08,0,,0
10.20.1.9,3c:52:82:00:00:09,,3600,{SOON},1,0,0,,0,,0
10.20.1.10,3c:52:82:00:00:0a,,3600,{SOON},1,0,0,declined,1,,0
"""
WINDOWS = """#TYPE Microsoft.Management.Infrastructure.CimInstance
"IPAddress","ScopeId","AddressState","ClientId","ClientType","Description","HostName","LeaseExpiryTime"
"10.20.1.7","10.20.0.0","Active","3c-52-82-00-00-07","Dhcp","","LIB-PC07","24/11/2026 12:30:00"
"10.20.1.8","10.20.0.0","Active","3c-52-82-00-00-08","Dhcp","","LIB-PC08","20/11/2026 12:30:00"
"10.20.1.9","10.20.0.0","ActiveReservation","3c-52-82-00-00-09","Dhcp","","",""
"10.20.1.11","10.20.0.0","InactiveReservation","3c-52-82-00-00-0b","Dhcp","","OFF",""
"""
WANTED = [Lease("10.20.1.7", "3c:52:82:00:00:07", "LIB-PC07"), Lease("10.20.1.9", "3c:52:82:00:00:09", "")]
FORMS = [("dnsmasq", DNSMASQ), ("isc", ISC), ("kea", KEA), ("windows", WINDOWS)]


@pytest.mark.parametrize(("form", "text"), FORMS)
def test_each_form_gives_the_leases_in_force_and_the_last_word_on_an_address(form: str, text: str) -> None:
    assert sorted(leases_in(text, ON), key=lambda lease: lease.ip) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_powershells_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "leases.csv"
    path.write_text(WINDOWS.replace("24/11/2026", "24/11/2099"), encoding=encoding)
    recorded = collect(guard(scopes=("10.20.0.0/16",)), path, "staff", now)
    assert recorded.outcome is Outcome.COMPLETE
    assert [answer[0] for answer in recorded.answers] == ["10.20.1.7", "10.20.1.9"]


def test_addresses_outside_the_scope_are_not_even_recorded(tmp_path: Path) -> None:
    path = tmp_path / "dnsmasq.leases"
    path.write_text("0 3c:52:82:00:00:07 10.20.1.7 LIB-PC07 *\n0 3c:52:82:00:00:08 192.0.2.8 SECRET-PC *\n")
    recorded = collect(guard(scopes=("10.20.0.0/16",)), path, "staff", now)
    assert "SECRET" not in recorded.model_dump_json()
    assert seen(recorded, decode) == [
        AddressPair(ip="10.20.1.7", mac="3c:52:82:00:00:07", table="dhcp"),
        NameHeard(source="dhcp", name="LIB-PC07", ip="10.20.1.7", mac="3c:52:82:00:00:07"),
    ]


def test_a_missing_file_a_folder_a_pipe_and_another_form_each_say_so_in_one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "other").write_text("name,address\nfoo,bar\n")
    outcomes = {
        name: collect(guard(), tmp_path / name, "staff", now) for name in ("missing", "pipe", ".", "other")
    }  # fmt: skip
    assert {name: one.outcome.value for name, one in outcomes.items()} == {
        "missing": "refused", "pipe": "refused", ".": "refused", "other": "garbled",
    }  # fmt: skip
    assert "no lease file of dnsmasq" in outcomes["other"].reason


def test_an_empty_file_is_a_complete_answer_of_no_leases(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    recorded = collect(guard(), tmp_path / "empty", "staff", now)
    assert (recorded.outcome, recorded.answers) == (Outcome.COMPLETE, ())


def test_a_lease_makes_an_asset_with_its_name_and_never_outdoes_who_answers_by_arp() -> None:
    def says(probe: str, one: AddressPair | Alive | NameHeard) -> Observation:
        return Observation(probe, "10.20.1.7", "staff", ON, one)

    lease = says("dhcp.leases", AddressPair("10.20.1.7", "3c:52:82:00:00:07", "dhcp"))
    name = says("dhcp.leases", NameHeard("dhcp", "LIB-PC07", "10.20.1.7", "3c:52:82:00:00:07"))
    (alone,) = gather([lease, name], ("10.20.0.0/16",))
    assert (alone.ips, alone.macs) == (("10.20.1.7",), ("3c:52:82:00:00:07",))
    assert identify(alone.own()).hostname == "LIB-PC07"
    squatter = says("arp.sweep", Alive("10.20.1.7", "arp", "00:11:22:00:00:01"))
    things = gather([lease, squatter], ("10.20.0.0/16",))
    assert {thing.macs for thing in things if "10.20.1.7" in thing.ips} == {("00:11:22:00:00:01",)}


def test_files_of_any_content_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(5)
    for _ in range(4000):
        text = chance.choice(FORMS)[1]
        cut = bytearray(text.encode())
        for _ in range(chance.randrange(1, 6)):
            cut[chance.randrange(len(cut))] = chance.randrange(256)
        try:
            leases_in(cut.decode("utf-8", "replace")[: chance.randrange(1, len(cut))], ON)
        except Undecodable:
            pass


@pytest.mark.parametrize("answer", [3, [], ["10.0.0.1"], ["10.0.0.1", "x", "n"], ["10.0.0.1", "3c:52:82:00:00:07", 3]])
def test_stored_answers_of_the_wrong_shape_are_undecodable(answer: Json) -> None:
    with pytest.raises(Undecodable):
        seen(recording("dhcp.leases", [answer]), decode)
