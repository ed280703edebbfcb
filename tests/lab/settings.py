"""The files a person would have written for the virtual school: agent.toml, the credentials, known_hosts."""

from pathlib import Path

from tests.lab import secrets
from tests.lab.daemons import ALLOWED, BLOCK_PAGE, BLOCKED, NOT_BLOCKED, SAFE
from tests.lab.keys import known_host
from tests.lab.model.nouns import School
from tests.lab.model.truth import SCOPES
from tests.lab.wiring import BACKUP, MAIN, SPEED_TEST


def agent_toml(model: School, state_dir: Path, collector: str = "") -> str:
    """The agent's configuration for this school."""
    delivery = f'\n[delivery]\ncollector = "{collector}"\n' if collector else ""
    return (
        '[site]\nid = "ashfield"\nname = "Ashfield School"\nphase = "secondary"\nurn = 900006\nhub_rooms = 3\n'
        'has_servers = true\nline_technology = "leased-line"\nbackup_technology = "mobile"\n'
        "contracted_down_mbps = 1000\ncontracted_up_mbps = 1000\n"
        'guest_ssids = ["Ashfield-Guest"]\ndhcp_servers = ["10.20.0.10"]\nmanagement_subnets = ["10.20.0.0/24"]\n'
        'guest_subnets = ["10.20.40.0/24"]\n\n'
        f'[agent]\nname = "ashfield-pi"\nvantage = "staff"\ninterface = "eth0"\nscopes = {_list(SCOPES)}\n'
        f'exclude = ["10.20.0.250", "10.20.1.64/28"]\nstate_dir = "{state_dir}"\nper_host_pps = 40\n'
        "bound_host_pps = 100\ntotal_pps = 500\nlisten_seconds = 35\n\n"
        '[[fragile]]\naddress = "10.20.0.77"\nreason = "old door controller"\n\n'
        + _credentials()
        + '\n[probes]\ndefault_communities = ["10.20.1.16/28"]\n\n'
        f'[broadband]\negress_url = "http://{SPEED_TEST}:8080/ip"\nmain_egress = ["{MAIN[0]}"]\n'
        f'backup_egress = ["{BACKUP[0]}"]\n'
        f'[[broadband.endpoints]]\nname = "trust"\nhost = "{SPEED_TEST}"\nkind = "http"\nport = 8080\n'
        "max_seconds = 4\n\n"
        f'[filtering]\nresolvers = ["10.20.0.10"]\nblock_pages = ["{BLOCK_PAGE}"]\n' + _filter_tests() + delivery
    )


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _credentials() -> str:
    return (
        '[[credentials]]\nname = "infrastructure"\nkind = "snmp-v3"\nsubnets = ["10.20.0.0/27"]\n\n'
        '[[credentials]]\nname = "power"\nkind = "snmp-v2c"\nsubnets = ["10.20.0.60/31"]\n\n'
        '[[credentials]]\nname = "school"\nkind = "snmp-v2c"\nsubnets = ["10.20.1.16/28", "10.20.0.240/31"]\n\n'
        '[[credentials]]\nname = "cctv"\nkind = "snmp-v2c"\nsubnets = ["10.20.50.20/32"]\n\n'
        '[[credentials]]\nname = "ssh-admin"\nkind = "ssh"\nsubnets = ["10.20.0.0/29"]\n'
        'platforms = { "10.20.0.2" = "hp_procurve", "10.20.0.3" = "cisco_ios" }\n'
    )


def _filter_tests() -> str:
    tests = [(name, "blocked") for name in (*BLOCKED, NOT_BLOCKED)] + [(ALLOWED[0], "allowed")]
    tests += [(name, "safe-search") for name in SAFE]
    return "".join(
        f'[[filtering.tests]]\nname = "{name}"\ncategory = "{name.split(".")[0] if expect == "blocked" else expect}"\n'
        f'expect = "{expect}"\n'
        for name, expect in tests
    )


def credentials_toml() -> str:
    """The secrets, under the names that agent.toml binds to subnets."""
    communities = secrets.COMMUNITIES
    return (
        f'[infrastructure]\nuser = "{secrets.V3_USER}"\nauth_protocol = "SHA"\n'
        f'auth_passphrase = "{secrets.V3_AUTH}"\npriv_protocol = "AES-128"\npriv_passphrase = "{secrets.V3_PRIV}"\n'
        f'[power]\ncommunity = "{communities["ups"]}"\n[school]\ncommunity = "{communities["school"]}"\n'
        f'[cctv]\ncommunity = "{communities["cctv"]}"\n'
        f'[ssh-admin]\nusername = "{secrets.SSH_USER}"\npassword = "{secrets.SSH_PASSWORD}"\n'
    )


def known_hosts(model: School) -> str:
    """The SSH host keys of the switches whose consoles can be read."""
    return "".join(known_host(s.ip, s.hostname) + "\n" for s in model.switches if s.platform)
