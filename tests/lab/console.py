"""What the switches' consoles print, made from the same model as their SNMP tables."""

from tests.lab import secrets
from tests.lab.model.nouns import VLANS, School, Switch
from tests.lab.tables.interfaces import short_name
from tests.lab.tables.places import State, bridge_ifindex, places, states


def console(model: School, switch: Switch) -> dict[str, str]:
    """Every command this switch knows, and its output."""
    return ios(model, switch) if switch.family == "ios" else procurve(model, switch)


def ios(model: School, switch: Switch) -> dict[str, str]:
    """Cisco IOS."""
    return {
        "show version": _ios_version(model, switch), "show inventory": _ios_inventory(switch),
        "show interfaces status": _ios_status(model, switch), "show lldp neighbors detail": _ios_lldp(model, switch),
        "show cdp neighbors detail": "", "show mac address-table": _ios_macs(model, switch),
        "show vlan brief": _ios_vlans(switch), "show vlan": _ios_vlans(switch),
        "show running-config": _ios_config(model, switch),
    }  # fmt: skip


def _ios_version(model: School, switch: Switch) -> str:
    days = model.uptime_s // 86400
    return (
        f"{switch.description}\n\nROM: Bootstrap program is C2960X boot loader\n\n"
        f"{switch.hostname} uptime is {days // 7} weeks, {days % 7} days, 2 hours, 5 minutes\n"
        "System returned to ROM by power-on\n"
        f'System image file is "flash:/c2960x-universalk9-mz.152-7.E8.bin"\n\n'
        f"cisco {switch.model} (APM86XXX) processor (revision T0) with {switch.memory_mb * 1024}K bytes of memory.\n"
        f"Processor board ID {switch.serial}\n"
        f"Base ethernet MAC Address       : {switch.mac.upper()}\n"
        f"Model number                    : {switch.model}\n"
        f"System serial number            : {switch.serial}\n"
        "\nConfiguration register is 0xF\n"
    )


def _ios_inventory(switch: Switch) -> str:
    return "\n".join(
        f'NAME: "{p.name}", DESCR: "{p.descr}"\nPID: {p.model or "Unspecified":18}, VID: V02  , SN: {p.serial}\n'
        for p in switch.parts
    )


def _ios_status(model: School, switch: Switch) -> str:
    rows = ["", "Port      Name               Status       Vlan       Duplex  Speed Type"]
    for s in states(model, switch):
        status = "connected" if s.up else "notconnect"
        vlan = "trunk" if s.tagged else str(s.untagged)
        duplex = ("a-half" if s.half else "a-full") if s.up else "auto"
        speed = f"a-{s.speed}" if s.up else "auto"
        rows.append(
            f"{short_name(s.port.name):9} {s.alias[:18]:18} {status:12} {vlan:10} {duplex:>6} {speed:>6} "
            "10/100/1000BaseTX"
        )
    return "\n".join(rows) + "\n"


def _neighbour(model: School, state: State) -> tuple[str, str, str, str, str] | None:
    """(MAC, port, name, description, address) of what a port hears by LLDP."""
    if state.peer is not None:
        other = model.switch(state.peer[0])
        return other.mac, short_name(state.peer[1]), other.hostname, other.description, other.ip
    if state.host is not None and state.host.lldp:
        host = state.host
        return host.mac, host.port_id, host.hostname, host.description, host.ip
    return None


def _dotted(mac: str) -> str:
    plain = mac.replace(":", "")
    return ".".join(plain[i : i + 4] for i in (0, 4, 8))


def _ios_lldp(model: School, switch: Switch) -> str:
    out, count = [], 0
    for state in states(model, switch):
        if (heard := _neighbour(model, state)) is None:
            continue
        mac, port, name, descr, ip = heard
        count += 1
        out.append(
            "------------------------------------------------\n"
            f"Local Intf: {short_name(state.port.name)}\nChassis id: {_dotted(mac)}\nPort id: {port}\n"
            f"Port Description: {port}\nSystem Name: {name}\n\nSystem Description: \n{descr}\n\n"
            "Time remaining: 98 seconds\nSystem Capabilities: B\nEnabled Capabilities: B\n"
            f"Management Addresses:\n    IP: {ip}\nAuto Negotiation - supported, enabled\nVlan ID: 10\n"
        )
    return "\n".join(out) + f"\n\nTotal entries displayed: {count}\n"


def _ios_macs(model: School, switch: Switch) -> str:
    by_ifindex = {p.ifindex: p.name for p in switch.ports} | {lag.ifindex: lag.name for lag in switch.lags}
    rows = ["          Mac Address Table", "-" * 43, "", "Vlan    Mac Address       Type        Ports",
            "----    -----------       --------    -----"]  # fmt: skip
    for place in places(model, switch):
        name = short_name(by_ifindex[bridge_ifindex(switch, place.port)])
        rows.append(f"{place.vlan:>4}    {_dotted(place.mac)}    DYNAMIC     {name}")
    return "\n".join(rows) + f"\nTotal Mac Addresses for this criterion: {len(rows) - 5}\n"


def _ios_vlans(switch: Switch) -> str:
    rows = ["", "VLAN Name                             Status    Ports",
            "---- -------------------------------- --------- -------------------------------"]  # fmt: skip
    rows += [f"{vlan:<4} {VLANS[vlan]:32} active    " for vlan in switch.vlans]
    return "\n".join(rows) + "\n"


def _ios_config(model: School, switch: Switch) -> str:
    enable, radius, local = secrets.CONFIG_SECRETS
    ports = "".join(
        f"interface {s.port.name}\n description {s.alias}\n switchport mode {'trunk' if s.tagged else 'access'}\n!\n"
        for s in states(model, switch)
    )
    clocks = "ntp server 10.20.0.10\n" if model.night > 1 else ""
    return (
        "Building configuration...\n\nCurrent configuration : 4242 bytes\n!\n"
        "! Last configuration change at 08:12:41\n!\n"
        f"version 15.2\nservice password-encryption\n!\nhostname {switch.hostname}\n!\nenable secret 5 {enable}\n"
        f"username admin privilege 15 secret 5 {local}\naaa new-model\n!\nspanning-tree mode rapid-pvst\n!\n{ports}"
        f"snmp-server community {secrets.COMMUNITIES['ups']} RO\nradius server nps\n key 7 {radius}\n!\n"
        f"{clocks}ip ssh version 2\nline vty 0 4\n transport input ssh\n!\nend\n"
    )


def procurve(model: School, switch: Switch) -> dict[str, str]:
    """ArubaOS-Switch, once HP ProCurve."""
    return {
        "show version": f"\nImage stamp:\n /ws/swbuildm/rel_yakima_qaoff/code/build/lvm\n"
                        f"                Mar 10 2023 10:10:10\n                {switch.version}\n                812\n"
                        "Boot Image:     Primary\n\nBoot ROM Version:    WC.16.01.0010\nActive Boot ROM:     Primary\n",
        "show system": _hp_system(model, switch), "show interfaces brief": _hp_brief(model, switch),
        "show lldp info remote-device": _hp_lldp(model, switch), "show vlans": _hp_vlans(switch),
        "show mac-address": _hp_macs(model, switch), "show running-config": _hp_config(switch),
    }  # fmt: skip


def _hp_system(model: School, switch: Switch) -> str:
    return (
        "\n Status and Counters - General System Information\n\n"
        f"  System Name        : {switch.hostname}\n  System Contact     : ICT office\n"
        f"  System Location    : {switch.location}\n\n"
        f"  MAC Age Time (sec) : 300\n\n  Time Zone          : 0\n\n"
        f"  Software revision  : {switch.version:20} Base MAC Addr      : {switch.mac.replace(':', '')[:6]}-"
        f"{switch.mac.replace(':', '')[6:]}\n  ROM Version        : WC.16.01.0010        Serial Number      : "
        f"{switch.serial}\n\n"
        f"  Up Time            : {model.uptime_s // 86400} days             Memory   - Total   : 339,607,552\n"
        "  CPU Util (%)       : 4                               Free    : 228,022,648\n"
    )


def _hp_brief(model: School, switch: Switch) -> str:
    rows = ["", " Status and Counters - Port Status", "",
            "                  | Intrusion                           MDI  Flow  Bcast",
            "  Port  Type      | Alert     Enabled Status Mode       Mode Ctrl  Limit",
            "  ----- --------- + --------- ------- ------ ---------- ---- ----- -----"]  # fmt: skip
    for s in states(model, switch):
        mode = f"{s.speed}{'HDx' if s.half else 'FDx'}" if s.up else "1000FDx"
        rows.append(
            f"  {s.port.name:5} 100/1000T | No        Yes     {'Up' if s.up else 'Down':6} {mode:10} Auto off   0"
        )
    return "\n".join(rows) + "\n"


def _hp_lldp(model: School, switch: Switch) -> str:
    rows = ["", " LLDP Remote Devices Information", "",
            "  LocalPort | ChassisId                 PortId PortDescr SysName",
            "  --------- + ------------------------- ------ --------- ----------------------"]  # fmt: skip
    for state in states(model, switch):
        if (heard := _neighbour(model, state)) is not None:
            spaced = heard[0].replace(":", " ")
            rows.append(f"  {state.port.name:9} | {spaced:25} {heard[1][:6]:6} {heard[1][:9]:9} {heard[2][:22]}")
    return "\n".join(rows) + "\n"


def _hp_vlans(switch: Switch) -> str:
    rows = ["", " Status and Counters - VLAN Information", "", "  Maximum VLANs to support : 256", "",
            "  VLAN ID Name                             | Status     Voice Jumbo",
            "  ------- -------------------------------- + ---------- ----- -----"]  # fmt: skip
    rows += [f"  {vlan:<7} {VLANS[vlan]:32} | Port-based No    No" for vlan in switch.vlans]
    return "\n".join(rows) + "\n"


def _hp_macs(model: School, switch: Switch) -> str:
    by_ifindex = {p.ifindex: p.name for p in switch.ports} | {lag.ifindex: lag.name for lag in switch.lags}
    rows = ["", " Status and Counters - Port Address Table", "", "  MAC Address       Port  VLAN",
            "  ----------------- ----- ----"]  # fmt: skip
    for p in places(model, switch):
        plain = p.mac.replace(":", "")
        rows.append(f"  {plain[:6]}-{plain[6:]:10} {by_ifindex[bridge_ifindex(switch, p.port)]:5} {p.vlan}")
    return "\n".join(rows) + "\n"


def _hp_config(switch: Switch) -> str:
    _, radius, local = secrets.CONFIG_SECRETS
    vlans = "".join(f'vlan {vlan}\n   name "{VLANS[vlan]}"\n   exit\n' for vlan in switch.vlans)
    return (
        f"\nRunning configuration:\n\n; JL256A Configuration Editor; Created on release #{switch.version}\n"
        f'hostname "{switch.hostname}"\nradius-server host 10.20.0.10 key "{radius}"\n{vlans}'
        f'snmp-server community "{secrets.COMMUNITIES["ups"]}" operator\nspanning-tree\n'
        f'password manager user-name "admin" sha1 "{local}"\nno telnet-server\nip ssh\n'
    )
