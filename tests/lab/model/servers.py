"""The school's own kit in the server room and the cabinets: router, servers, power, wireless, the door."""

from tests.lab.model.nouns import Host, Service

CORE, SCI, ADM, MUS = "sw-core-01", "sw-sci-02", "sw-adm-03", "sw-mus-04"


def _web(title: str, product: str = "", version: str = "", port: int = 80) -> Service:
    return Service(port, "http", title, product, version)


def _tls(title: str, product: str = "", version: str = "", port: int = 443) -> Service:
    return Service(port, "https", title, product, version)


def _ssh(product: str, by: str = "hostd", words: str = "") -> Service:
    return Service(22, "ssh", words, product, by=by)


def infrastructure(night: int) -> tuple[Host, ...]:
    """Router, UPS, sensor, wireless controller, door controller and the agent's own Raspberry Pi."""
    return (
        Host(
            "fw-01", "firewall", "10.20.0.1", "00:08:a2:0c:11:01", CORE, 47, maker="pfSense", model="", os="pfsense",
            version="2.7.2-RELEASE", services=(_ssh("OpenSSH", words="SSH-2.0-OpenSSH_9.4"),), lldp=("router",),
            port_id="eth1", snmp="snmpd", location="Server room",
            description="pfSense 2.7.2-RELEASE pfSense FreeBSD 14.0-CURRENT amd64",
        ),
        Host(
            "ups-01", "ups", "10.20.0.60", "00:c0:b7:3e:60:01", CORE, 12, maker="APC", model="Smart-UPS X 1500",
            serial="AS1642160601", os="AOS", version="v6.7.2", services=(_web("APC | Log On", "APC", "6.7.2"),),
            speed=100, snmp="simulator", community="ups", location="Server room",
            description="APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.7.2 PN:apc_hw05_aos_672.bin"
            " AF1:v6.7.2 AN1:apc_hw05_sumx_672.bin MN:AP9631 HR:05 SN: ZA1642016060 MD:10/14/2016)"
            " (Embedded PowerNet SNMP Agent SW v2.2 compatible)",
        ),
        Host(
            "pwr-dc01-temp-rack1-01", "other", "10.20.0.61", "54:10:ec:a1:3c:3f", CORE, 13, subkind="sensor",
            maker="Geist", model="GT15", serial="TB19020610", version="3.4.0", speed=100,
            snmp="dump:iot/geist-temperature-sensor.snmprec", community="ups", location="Data centre 01",
        ),
        Host(
            "wlc-01", "wlc", "10.20.0.20", "20:4c:03:5a:20:01", CORE, 14, maker="Aruba", model="Aruba7010",
            serial="CW0001234", os="ArubaOS", version="8.10.0.9", snmp="simulator", location="Server room",
            services=(_tls("Aruba Networks", "Apache"), _ssh("OpenSSH", words="SSH-2.0-OpenSSH_8.5")),
            lldp=("bridge", "wlan-ap"), port_id="GE0/0/1",
            description="ArubaOS (MODEL: Aruba7010), Version 8.10.0.9 (87500)",
        ),
        Host(
            "door-01", "other", "10.20.0.77", "00:0b:d6:d0:77:01", CORE, 15, subkind="access-control", maker="Paxton",
            model="Net2 plus", speed=100, half_duplex=True, fragile=True, services=(_web("Net2 plus ACU"),),
        ),
        Host(
            "caretaker-pi", "endpoint", "10.20.0.100", "dc:a6:32:ca:01:00", CORE, 24, subkind="single-board",
            maker="Raspberry Pi", os="Debian", services=(),
        ),
        Host(
            "bms-01", "other", "10.20.0.250", "00:60:35:b0:02:50", CORE, 16, subkind="building-management",
            maker="Trend", model="IQ4", speed=100, excluded=True, services=(_web("Trend IQ4"),),
        ),
    )  # fmt: skip


def servers(night: int) -> tuple[Host, ...]:
    """Servers and storage; the NAS and the media server carry planted faults."""
    telnet = (Service(23, "telnet", "\r\nsrv-media-01 login: ", "telnetd"),) if night > 1 else ()
    return (
        Host(
            "srv-dc-01", "server", "10.20.0.10", "00:15:5d:0a:00:10", CORE, 1, maker="Microsoft", os="Windows",
            version="Server 2022", names=("netbios",),
            services=(
                Service(53, "dns", by="dnsmasq", protocol="udp"), Service(88, "kerberos"), Service(135, "msrpc"),
                Service(389, "ldap"), Service(445, "smb", "Windows Server 2022 Standard 20348"), Service(3389, "rdp"),
            ),
        ),
        Host(
            "srv-mis-01", "server", "10.20.0.11", "00:15:5d:0a:00:11", CORE, 2, os="Ubuntu", version="22.04",
            snmp="snmpd", services=(_ssh("OpenSSH", by="sshd"), _tls("Ashfield MIS", "nginx", "1.18.0")),
            description="Linux srv-mis-01 5.15.0-91-generic #101-Ubuntu SMP x86_64",
        ),
        Host(
            "nas-01", "nas", "10.20.0.12", "24:5e:be:4a:00:12", CORE, 3, maker="QNAP", model="TS-453D", os="QTS",
            version="5.0.1", names=("mdns", "netbios"),
            services=(
                Service(443, "https", "QNAP TS-453D", "nginx", by="nginx"),
                Service(445, "smb", "", "Samba", by="smbd"), Service(139, "netbios-ssn", "", "Samba", by="smbd"),
            ),
        ),
        Host(
            "srv-media-01", "server", "10.20.0.13", "18:66:da:13:00:13", CORE, 4, maker="Dell", os="Debian",
            version="11", names=("mdns",), speed=1000 if night == 1 else 100,
            services=(Service(21, "ftp", by="vsftpd"), Service(22, "ssh", "", "dropbear", by="dropbear"), *telnet),
        ),
        Host(
            "srv-hv-01", "server", "10.20.0.14", "18:66:da:14:00:14", CORE, 5, subkind="hypervisor", maker="VMware",
            model="ESXi", os="VMware ESXi", version="7.0.3",
            services=(_tls("VMware ESXi", "VMware"), Service(902, "vmware-auth", "220 VMware Authentication Daemon "
                      "Version 1.10: SSL Required, ServerDaemonProtocol:SOAP, MKSDisplayProtocol:VNC , , \r\n")),
        ),
    )  # fmt: skip


AP_MODELS = {"AP-515": ("ax", 4), "AP-305": ("ac", 3)}
_POINTS = (
    ("ap-hall-1", "AP-515", CORE, 30, "CNF1AP0031"), ("ap-lib-1", "AP-515", CORE, 31, "CNF1AP0032"),
    ("ap-sci-1", "AP-305", SCI, 20, "CNF1AP0033"), ("ap-sci-2", "AP-305", SCI, 21, "CNF1AP0034"),
    ("ap-adm-1", "AP-515", ADM, 20, "CNF1AP0035"),
)  # fmt: skip


def access_points() -> tuple[Host, ...]:
    """Five access points on PoE ports; the two in the science block are Wi-Fi 5."""
    return tuple(
        Host(
            name, "ap", f"10.20.0.{33 + i}", f"24:de:c6:00:31:{0x10 + i:02x}", switch, port, maker="Aruba",
            model=model, serial=serial, os="ArubaOS", version="8.10.0.9", lldp=("bridge", "wlan-ap"), port_id="eth0",
            poe_class=AP_MODELS[model][1], description=f"ArubaOS (MODEL: {model[3:]}), Version 8.10.0.9",
            services=(_ssh("OpenSSH", words="SSH-2.0-OpenSSH_8.5"),),
        )
        for i, (name, model, switch, port, serial) in enumerate(_POINTS)
    )  # fmt: skip
