"""Everything people use or walk past: computers, tablets, printers, phones, panels, cameras, and strangers."""

from dataclasses import replace

from tests.lab.model.nouns import CCTV, CURRICULUM, GUEST, SCHOOL, Host, Service
from tests.lab.model.servers import ADM, CORE, MUS, SCI

WINDOWS = (Service(135, "msrpc"), Service(139, "netbios-ssn"), Service(445, "smb", "Windows 10 Pro 19045"))
WINDOWS_DHCP = (1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252)
APPLE_DHCP = (1, 121, 3, 6, 15, 108, 114, 119, 252)
CHROME_DHCP = (1, 121, 33, 3, 6, 28, 51, 58, 59, 12, 119)
JETDIRECT = Service(9100, "jetdirect")


def printers(night: int) -> tuple[Host, ...]:
    """Four printers; the library's answers public. On night 2 the office's is replaced and reprographics' is gone."""
    office = ("3c:d9:2b:91:01:21", "VNB8K12345") if night == 1 else ("3c:d9:2b:91:77:8e", "VNB8K99881")
    every = (
        Host(
            "prn-off-01", "printer", "10.20.1.21", office[0], ADM, 3, maker="HP", model="HP LaserJet Pro M404dn",
            serial=office[1], names=("mdns",), snmp="own", community="school",
            description="HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24050012,CIDATE 08/02/2019",
            services=(JETDIRECT, Service(515, "printer"), Service(631, "ipp"),
                      Service(80, "http", "HP LaserJet Pro M404dn", "HP HTTP Server")),
        ),
        Host(
            "prn-lib-01", "printer", "10.20.1.22", "00:17:c8:92:01:22", CORE, 18, maker="Kyocera",
            model="ECOSYS M2540dn", serial="VR91234567", names=("mdns",), snmp="own", community="public",
            description="KYOCERA Document Solutions Printing System",
            services=(JETDIRECT, Service(631, "ipp"), Service(80, "http", "ECOSYS M2540dn", "KM-MFP-http")),
        ),
        Host(
            "prn-sci-01", "printer", "10.20.1.23", "30:05:5c:93:01:23", SCI, 7 if night == 1 else 9, maker="Brother",
            model="HL-L5100DN series", serial="E75123A4N567890", names=("mdns",), snmp="own", community="school",
            description="Brother NC-8900h, Firmware Ver.1.43  (21.05.28),MID 8CE-B15", speed=100,
            services=(JETDIRECT, Service(631, "ipp"), Service(80, "http", "Brother HL-L5100DN series", "debut/1.30")),
        ),
        Host(
            "prn-rep-01", "printer", "10.20.1.24", "00:20:6b:94:01:24", ADM, 4, subkind="multifunction",
            maker="KONICA MINOLTA", model="bizhub C308", serial="A7PY021012345", snmp="own", community="school",
            description="KONICA MINOLTA bizhub C308",
            services=(JETDIRECT, Service(80, "http", "bizhub C308 Web Connection", "KONICA MINOLTA")),
        ),
    )  # fmt: skip
    return every if night == 1 else tuple(host for host in every if host.hostname != "prn-rep-01")


def _desktop(name: str, ip: str, mac: str, switch: str, port: int, vlan: int = SCHOOL, **more: object) -> Host:
    host = Host(
        name, "endpoint", ip, mac, switch, port, subkind="desktop", maker="Dell", os="Windows", vlan=vlan,
        services=WINDOWS, names=("netbios", "dhcp"), dhcp_class="MSFT 5.0", dhcp_parameters=WINDOWS_DHCP,
    )  # fmt: skip
    return replace(host, **more)  # type: ignore[arg-type]


def desktops(night: int) -> tuple[Host, ...]:
    """Office desktops and the ICT suite; one office PC sits behind a telephone, one is renamed on night 2."""
    suite = tuple(
        _desktop(f"ict-{i:02d}", f"10.20.20.{100 + i}", f"18:66:da:20:01:{i:02x}", SCI, 9 + i, CURRICULUM)
        for i in range(1, 9)
    )
    office: tuple[Host, ...] = (
        _desktop("off-pc-01", "10.20.1.41", "18:66:da:21:00:01", ADM, 1, via="phone"),
        _desktop("off-pc-02" if night == 1 else "off-bursar-02", "10.20.1.42", "18:66:da:21:00:02", ADM, 2),
        _desktop("off-pc-03", "10.20.1.43", "18:66:da:21:00:03", ADM, 5),
        _desktop("head-pc-01", "10.20.1.44", "18:66:da:21:00:04", ADM, 6),
        _desktop("lib-pc-01", "10.20.1.45", "18:66:da:21:00:05", CORE, 19),
        _desktop("mus-pc-01", "10.20.1.46", "18:66:da:21:00:06", MUS, 5, via="unmanaged switch", speed=100),
        _desktop("mus-pc-03", "10.20.1.49", "18:66:da:21:00:09", MUS, 5, via="unmanaged switch", speed=100),
        _desktop("mus-pc-04", "10.20.1.50", "18:66:da:21:00:0a", MUS, 5, via="unmanaged switch", speed=100),
        _desktop("mus-pc-02", "10.20.1.47", "18:66:da:21:00:07", MUS, 5, via="unmanaged switch", speed=100),
    )
    if night > 1:
        office += (_desktop("sen-pc-01", "10.20.1.48", "18:66:da:21:00:08", ADM, 9),)
    return suite + office


def laptops(night: int) -> tuple[Host, ...]:
    """Staff laptops on Wi-Fi: they drop pings and closed ports. One sleeps and one has a new lease on night 2."""

    def one(i: int, ip: str, switch: str, port: int, **more: object) -> Host:
        host = Host(
            f"staff-lt-{i:02d}", "endpoint", ip, f"3c:58:c2:22:00:{i:02x}", switch, port, subkind="laptop",
            os="Windows", via="ap", quiet=True, names=("netbios", "dhcp"), dhcp_class="MSFT 5.0",
            dhcp_parameters=WINDOWS_DHCP, services=(Service(445, "smb", "Windows 11 Pro 22631"),),
        )  # fmt: skip
        return replace(host, **more)  # type: ignore[arg-type]

    return (
        one(1, "10.20.2.11", ADM, 20),
        one(2, "10.20.2.12" if night == 1 else "10.20.2.88", ADM, 20),
        one(3, "10.20.2.13", SCI, 20, asleep=night == 2),
        one(4, "10.20.2.14", SCI, 21),
        one(5, "10.20.2.15", CORE, 30),
        one(6, "10.20.1.90", ADM, 8, via=""),
    )


def pupils_devices(night: int) -> tuple[Host, ...]:
    """School Chromebooks and iPads. The iPads' MAC addresses are random; one has a new one on night 2."""
    where = ((CORE, 30), (CORE, 31), (SCI, 20), (SCI, 21), (ADM, 20), (CORE, 31))
    chromebooks = tuple(
        Host(
            f"chromebook-{i:02d}", "endpoint", f"10.20.2.{30 + i}", f"a4:42:3b:23:00:{i:02x}", switch, port,
            subkind="chromebook", maker="Acer", os="ChromeOS", via="ap", names=("dhcp",),
            dhcp_class="dhcpcd-6.8.2:Linux-5.4.0:x86_64:GenuineIntel", dhcp_parameters=CHROME_DHCP,
        )
        for i, (switch, port) in enumerate(where, 1)
    )  # fmt: skip
    random = ["9e:01:5a:70:00:01", "9e:01:5a:70:00:02", "9e:01:5a:70:00:03"]
    if night > 1:
        random[1] = "b2:77:10:4c:9a:02"
    tablets = tuple(
        Host(
            f"ashfield-ipad-{i}", "endpoint", f"10.20.2.{50 + i}", mac, *where[i + 1], subkind="tablet",
            maker="Apple", model="iPad12,1", os="iPadOS", via="ap", names=("mdns", "dhcp"), dhcp_parameters=APPLE_DHCP,
            services=(Service(62078, "iphone-sync"),),
        )
        for i, mac in enumerate(random, 1)
    )  # fmt: skip
    return chromebooks + tablets


def rooms(night: int) -> tuple[Host, ...]:
    """Panels, telephones, projector, television, till, and what hangs on the music room's unmanaged switch."""
    panels = tuple(
        Host(
            f"panel-{room}", "endpoint", f"10.20.20.{60 + i}", f"6c:dc:6a:24:00:{i:02x}", SCI, i, subkind="panel",
            maker="Promethean", model="ActivPanel AP7-B65", os="Android", version="8.0", vlan=CURRICULUM,
            services=(Service(8080, "http", "ActivPanel", "ActivPanel"),),
        )
        for i, room in enumerate(("sci1", "sci2", "sci3"), 1)
    )  # fmt: skip
    phones = tuple(
        Host(
            f"tel-{name}", "phone", f"10.20.1.{60 + i}", f"80:5e:c0:25:00:{i:02x}", switch, port, maker="Yealink",
            model="SIP-T46S", version="66.86.0.15", services=(Service(5060, "sip", "Yealink SIP-T46S 66.86.0.15",
            protocol="udp"), Service(80, "http", "Yealink T46S Phone", "Yealink")), poe_class=2,
            lldp=("bridge", "telephone"), port_id=f"80:5e:c0:25:00:{i:02x}",
            description="SIP-T46S 66.86.0.15", serial=f"80560121904{i:05d}",
        )
        for i, (name, switch, port) in enumerate(
            (("off-01", ADM, 1), ("off-02", ADM, 7), ("head-01", ADM, 10), ("sci-01", SCI, 18)), 1
        )
    )  # fmt: skip
    tv = Host(
        "tv-foyer-01", "endpoint", "10.20.1.80", "8c:79:f5:26:00:01", CORE, 20, subkind="media", maker="Samsung",
        model="QE55", names=("ssdp",), services=(Service(8001, "http", "Samsung TV"),),
    )  # fmt: skip
    return (*panels, *phones, tv, *_odd_things())


def _odd_things() -> tuple[Host, ...]:
    return (
        Host("prj-hall-01", "other", "10.20.1.81", "a4:ee:57:27:00:01", CORE, 21, subkind="projector",
             maker="EPSON", model="EB-L200F", services=(Service(80, "http", "EPSON Web Control", "Epson"),
             Service(3629, "escvp")), speed=100),
        Host("appletv-drama", "endpoint", "10.20.2.60", "f0:18:98:28:00:01", CORE, 31, subkind="media", maker="Apple",
             model="AppleTV11,1", os="tvOS", via="ap", names=("mdns",), services=(Service(7000, "airplay"),)),
        Host("till-canteen-01", "endpoint", "10.20.1.90", "00:0d:b9:29:00:01", ADM, 11, subkind="till",
             maker="PC Engines", os="Windows", services=WINDOWS, names=("netbios",)),
        Host("mus-keys-01", "endpoint", "10.20.1.83", "b8:27:eb:30:00:01", MUS, 5, subkind="single-board",
             maker="Raspberry Pi", os="Raspbian", via="unmanaged switch", speed=100, names=("mdns",),
             services=(Service(22, "ssh", "SSH-2.0-OpenSSH_8.4p1 Raspbian-5+deb11u3"),)),
        Host("bell-01", "other", "10.20.1.84", "00:0b:84:31:00:01", MUS, 8, subkind="bells", maker="Bodet",
             model="Harmonys", speed=100, services=(Service(80, "http", "Harmonys"),)),
    )  # fmt: skip


def cameras() -> tuple[Host, ...]:
    """The CCTV network: three cameras and the recorder, which serves a recording of a real one."""
    where = (("gate", CORE, 33), ("yard", CORE, 34), ("hall", SCI, 22))
    seen = tuple(
        Host(
            f"cam-{name}", "camera", f"10.20.50.{10 + i}", f"44:19:b6:32:00:{i:02x}", switch, port, vlan=CCTV,
            maker="Hikvision", model="DS-2CD2143G0-I", version="V5.6.5", poe_class=3, speed=100,
            services=(Service(554, "rtsp", "Hikvision"), Service(80, "http", "index", "App-webs/")),
        )
        for i, (name, switch, port) in enumerate(where, 1)
    )  # fmt: skip
    return (
        *seen,
        Host(
            "nvr-01", "camera", "10.20.50.20", "44:19:b6:33:00:01", CORE, 35, subkind="recorder", vlan=CCTV,
            maker="Hikvision", model="DS-7716NI", snmp="dump:camera/hikvision-network-video-recorder.snmprec.bz2",
            community="cctv", services=(Service(80, "http", "index", "DNVRS-Webs"), Service(554, "rtsp", "Hikvision")),
        ),
    )  # fmt: skip


def strangers(night: int) -> tuple[Host, ...]:
    """What should not be there: a home router, two lying SNMP agents, guests' own phones, an excluded laptop."""
    guests = ((1, 2, 3), (2, 4))[night > 1]
    return (
        Host(
            "TL-WR841N", "router", "10.20.1.200", "50:c7:bf:34:00:01", CORE, 22, subkind="domestic", maker="TP-Link",
            model="TL-WR841N", names=("ssdp",), speed=100,
            services=(Service(80, "http", "TL-WR841N", "TP-LINK HTTPD"), Service(53, "dns", by="dnsmasq",
            protocol="udp")),
        ),
        Host("loop-240", "unknown", "10.20.0.240", "02:66:00:35:02:40", CORE, 37, snmp="own", community="school",
             hostile="endless"),
        Host("words-241", "unknown", "10.20.0.241", "02:66:00:35:02:41", CORE, 38, snmp="own", community="school",
             hostile="words", names=("mdns", "dhcp", "ssdp"), lldp=("bridge",), port_id="p0"),
        Host("exam-lt-01", "endpoint", "10.20.1.65", "54:e1:ad:36:00:01", CORE, 39, subkind="laptop",
             excluded=True, services=WINDOWS),
        *(
            Host(f"guest-phone-{i}", "endpoint", f"10.20.40.{50 + i}", f"da:37:00:00:0{night}:{i:02x}", CORE, 30,
                 subkind="mobile", vlan=GUEST, via="ap", private=True, names=("dhcp",))
            for i in guests
        ),
    )  # fmt: skip
