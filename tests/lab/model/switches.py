"""The four managed switches and the cables between them."""

from tests.lab.model.nouns import Cable, Lag, Part, Port, Service, Switch

CHASSIS, POWER, MODULE = 3, 6, 9


def core(night: int) -> Switch:
    """The core: one HPE Aruba 2930F with a single power supply and no second module."""
    version = "WC.16.11.0004" if night == 1 else "WC.16.11.0015"
    ports = tuple(Port(n, str(n), n, 10000 if n > 48 else 1000, poe=n <= 48, uplink=n >= 43) for n in range(1, 53))
    return Switch(
        hostname="sw-core-01", ip="10.20.0.2", mac="54:80:28:aa:10:00", maker="HPE Aruba",
        model="JL256A 2930F-48G-PoE+-4SFP+", serial="CN93HKZ0A1", os="ArubaOS-Switch", version=version,
        description=f"Aruba JL256A 2930F-48G-PoE+-4SFP+ Switch, revision {version}, ROM WC.16.01.0010"
        " (/ws/swbuildm/rel_yakima_qaoff/code/build/lvm(swbuildm_rel_yakima_qaoff_rel_yakima))",
        object_id="1.3.6.1.4.1.11.2.3.7.11.181.21", family="procurve", ports=ports,
        lags=(Lag("Trk1", 56, (45, 46)), Lag("Trk2", 57, (49, 50))),
        parts=(
            Part(1, CHASSIS, "Chassis", 0, "HPE Aruba 2930F-48G-PoE+-4SFP+", "JL256A", "CN93HKZ0A1", version),
            Part(2, POWER, "Power Supply 1", 1, "Internal power supply", "JL256A-PSU", "", ""),
        ),
        location="Server room", poe_budget=370, port_subtype=7, platform="hp_procurve",
        services=(Service(22, "ssh", "SSH-2.0-Mocana SSH 6.3", "Mocana SSH", "6.3", by="cli"),),
    )  # fmt: skip


def science() -> Switch:
    """An edge switch on two gigabit uplinks in an aggregate: not two of ten gigabit."""
    version, serial = "15.2(7)E8", "FOC2018Z0AB"
    ports = tuple(Port(n, f"GigabitEthernet1/0/{n}", 10100 + n, 1000, poe=n <= 24, uplink=n > 24) for n in range(1, 29))
    return Switch(
        hostname="sw-sci-02", ip="10.20.0.3", mac="00:2a:6a:bb:20:00", maker="Cisco", model="WS-C2960X-24PS-L",
        serial=serial, os="IOS", version=version,
        description=f"Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE"
        " (fc3)\nTechnical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2023 by Cisco Systems, Inc.",
        object_id="1.3.6.1.4.1.9.1.1208", family="ios", ports=ports, lags=(Lag("Port-channel1", 5001, (25, 26)),),
        parts=(
            Part(1001, CHASSIS, "1", 0, "WS-C2960X-24PS-L", "WS-C2960X-24PS-L", serial, version),
            Part(1002, POWER, "Switch 1 - Power Supply 0", 1001, "Switch 1 - Power Supply 0", "", "", ""),
        ),
        location="Science block cabinet", poe_budget=370, platform="cisco_ios",
        services=(Service(22, "ssh", "SSH-2.0-Cisco-1.25", "Cisco SSH", "1.25", by="cli"),),
    )  # fmt: skip


def admin(night: int) -> Switch:
    """The edge switch that is as the standard asks: two uplinks of ten gigabit in an aggregate."""
    version = "PL.10.10.0002"
    ports = tuple(Port(n, f"1/1/{n}", n, 10000 if n > 24 else 1000, poe=n <= 24, uplink=n > 24) for n in range(1, 29))
    return Switch(
        hostname="sw-adm-03", ip="10.20.0.4", mac="64:e8:81:cc:30:00", maker="Aruba",
        model="6100 24G Class4 PoE 4SFP+ 370W Switch", serial="CN10KX1003", os="ArubaOS-CX", version=version,
        description=f"Aruba JL677A 6100 24G Class4 PoE 4SFP+ 370W Switch {version}",
        object_id="1.3.6.1.4.1.47196.4.1.1.1.253", family="aoscx", ports=ports, lags=(Lag("lag1", 769, (25, 26)),),
        parts=(
            Part(1, CHASSIS, "1", 0, "6100 24G Class4 PoE 4SFP+ 370W Switch", "JL677A", "CN10KX1003", version),
            Part(13001, POWER, "1/1", 1, "Aruba 54VDC 500W 100-240VAC Power Supply", "JL677A-PSU", "", ""),
        ),
        location="Administration cabinet", poe_budget=370, memory_mb=1024,
        vlans=(10, 20, 40, 50) if night == 1 else (10, 20, 40, 50, 60),
    )  # fmt: skip


def music() -> Switch:
    """The oldest switch: past support, telnet, spanning tree off, and an uplink that came up at 100 Mbit/s."""
    version = "12.2(55)SE12"
    fast = tuple(Port(n, f"FastEthernet0/{n}", 10000 + n, 100) for n in range(1, 25))
    gig = tuple(Port(24 + n, f"GigabitEthernet0/{n}", 10100 + n, 1000, uplink=True) for n in (1, 2))
    chassis = Part(1001, CHASSIS, "1", 0, "WS-C3560-24TS-S", "WS-C3560-24TS-S", "CAT1031Z4EF", version)
    return Switch(
        hostname="sw-mus-04", ip="10.20.0.5", mac="00:1b:54:dd:40:00", maker="Cisco", model="WS-C3560-24TS-S",
        serial="CAT1031Z4EF", os="IOS", version=version,
        description=f"Cisco IOS Software, C3560 Software (C3560-IPBASEK9-M), Version {version}, RELEASE SOFTWARE"
        " (fc2)\nTechnical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2017 by Cisco Systems, Inc.",
        object_id="1.3.6.1.4.1.9.1.633", family="ios", ports=fast + gig, parts=(chassis,),
        location="Music block cupboard", spanning_tree=False, lldp_med=False, memory_mb=128, telnet=True,
        vlans=(10, 20),
        services=(Service(23, "telnet", "\r\n\r\nUser Access Verification\r\n\r\nUsername: ", "Cisco telnetd"),),
    )  # fmt: skip


def switches(night: int) -> tuple[Switch, ...]:
    """All managed switches, the core first."""
    return core(night), science(), admin(night), music()


def cables(night: int) -> tuple[Cable, ...]:
    """The cables between the switches; the last is the uplink that negotiated 100 Mbit/s, moved on night 2."""
    return (
        Cable("sw-core-01", 45, "sw-sci-02", 25, 1000),
        Cable("sw-core-01", 46, "sw-sci-02", 26, 1000),
        Cable("sw-core-01", 49, "sw-adm-03", 25, 10000),
        Cable("sw-core-01", 50, "sw-adm-03", 26, 10000),
        Cable("sw-core-01", 44 if night == 1 else 43, "sw-mus-04", 25, 100),
    )
