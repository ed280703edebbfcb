"""What is wrong on purpose, what may never be reported, and what differs on the second night."""

from tests.lab.model.nouns import Change, MustNot, Plant

SITE = "site"
_REPLACE = "not-met-at-replacement"


def plants(night: int) -> tuple[Plant, ...]:
    """Every planted fault of this night with the clause or hardening id that names it."""
    return (*_lines_and_switches(), *_air_and_power(), *_hardening(), *_of_the_night(night))


def _lines_and_switches() -> tuple[Plant, ...]:
    return (
        Plant("broadband.speed-secondary", SITE, "The line carries 200/40 Mbit/s, not 1,000"),
        Plant("switching.uplink-2x10g", "sw-sci-02", "Two uplinks of 1 Gbit/s, not of 10", _REPLACE),
        Plant("switching.uplink-2x10g", "sw-mus-04", "One uplink, at 100 Mbit/s", _REPLACE),
        Plant("switching.edge-1g", "sw-mus-04", "Edge ports of 100 Mbit/s", _REPLACE),
        Plant("switching.supported-firmware", "sw-mus-04", "Model without support since 31 May 2020"),
        Plant("switching.core-dual-psu", "sw-core-01", "One power supply"),
        Plant("switching.memory-512mb", "sw-mus-04", "128 MB of memory", _REPLACE),
        Plant("switching.segregation", SITE, "Servers share VLAN 10 with computers"),
        Plant("filtering.test-minimum", SITE, "violence.filter-test.example is not blocked"),
    )


def _air_and_power() -> tuple[Plant, ...]:
    return (
        Plant("wireless.auth-individual", SITE, "Ashfield-Guest is WPA2 with one shared key"),
        Plant("wireless.encryption", SITE, "Ashfield-Legacy is WEP"),
        Plant("wireless.wpa3", SITE, "No network offers WPA3"),
        Plant("wireless.wifi7", "ap-sci-1", "Wi-Fi 5 access point", _REPLACE),
        Plant("wireless.wifi7", "ap-sci-2", "Wi-Fi 5 access point", _REPLACE),
        Plant("servers.critical.ups-30min", "ups-01", "The battery carries 12 minutes"),
        Plant("hardening.ups-battery", "ups-01", "The battery needs replacement"),
    )


def _hardening() -> tuple[Plant, ...]:
    return (
        Plant("hardening.telnet", "sw-mus-04", "Telnet answers"),
        Plant("hardening.snmp-default-community", "prn-lib-01", "The community public is accepted"),
        Plant("hardening.snmp-v1v2c", "ups-01", "SNMP without encryption"),
        Plant("hardening.tls-old", "nas-01", "TLS 1.0 and 1.1 are accepted"),
        Plant("hardening.smb1", "nas-01", "SMB 1 is accepted"),
        Plant("hardening.ftp-anonymous", "srv-media-01", "Anonymous FTP"),
        Plant("hardening.open-resolver", "TL-WR841N", "Answers recursive questions of anybody"),
        Plant("hardening.dhcp-rogue", "TL-WR841N", "Offers leases beside the school's server", also=(SITE,)),
        Plant("hardening.upnp-gateway", "TL-WR841N", "Announces an InternetGatewayDevice"),
        Plant("hardening.http-admin", "TL-WR841N", "Administration without TLS"),
        Plant("hardening.http-admin", "ups-01", "Administration without TLS"),
        Plant(
            "hardening.address-conflict",
            "till-canteen-01",
            "10.20.1.90 is claimed by two hosts",
            also=("staff-lt-06", SITE),
        ),
        Plant("hardening.duplex-mismatch", "sw-core-01", "Port 15 runs at 100 Mbit/s half duplex"),
        Plant("hardening.many-macs-on-edge-port", "sw-mus-04", "Five devices behind FastEthernet0/5"),
        Plant("hardening.stp-off", "sw-mus-04", "Spanning tree is off"),
        Plant("hardening.certificate-self-signed", "srv-hv-01", "A certificate only it has signed"),
        Plant("cyber.config.devices-safe", "nas-01", "SMB 1 and TLS 1.0 are accepted"),
    )


def _of_the_night(night: int) -> tuple[Plant, ...]:
    if night == 1:
        return (Plant("hardening.certificate-expired", "nas-01", "The certificate ended 40 days ago"),)
    return (
        Plant("hardening.ups-on-battery", "ups-01", "The mains has failed"),
        Plant("hardening.telnet", "srv-media-01", "Telnet answers"),
        Plant("wireless.encryption", SITE, "Ashfield-Events is open"),
    )


def must_nots(night: int) -> tuple[MustNot, ...]:
    """What would be a false accusation or a breach of the rules."""
    always = (
        MustNot("switching.uplink-2x10g", "sw-adm-03", "Has two uplinks of 10 Gbit/s"),
        MustNot("switching.stp", "sw-core-01", "Runs RSTP"),
        MustNot("switching.stp", "sw-sci-02", "Runs RSTP"),
        MustNot("hardening.stp-off", "sw-core-01", "Runs RSTP"),
        MustNot("hardening.telnet", "sw-core-01", "Has no telnet"),
        MustNot("hardening.open-resolver", "srv-dc-01", "Is the school's own resolver"),
        MustNot("hardening.dhcp-rogue", "srv-dc-01", "Is the school's own DHCP server"),
        MustNot("hardening.certificate-expired", "srv-mis-01", "Its certificate is good"),
        MustNot("hardening.certificate-self-signed", "srv-mis-01", "The school's authority signed it"),
        MustNot("hardening.tls-old", "srv-mis-01", "Speaks TLS 1.2 and 1.3 only"),
        MustNot("hardening.smb1", "srv-dc-01", "Speaks SMB 2 and 3 only"),
        MustNot("hardening.camera-in-staff-vlan", "cam-gate", "Has a network of its own"),
        MustNot("hardening.snmp-default-community", "prn-off-01", "Has a community of its own"),
        MustNot("probe", "bms-01", "Excluded by a person: nothing may be sent to it"),
        MustNot("probe", "exam-lt-01", "Excluded by a person: nothing may be sent to it"),
        *(MustNot("asset", f"guest-phone-{n}", "A guest's own device: never an entry") for n in (1, 2, 3, 4)),
    )
    if night == 1:
        return (*always, MustNot("hardening.telnet", "srv-media-01", "Has none on night 1"))
    return (*always, MustNot("hardening.certificate-expired", "nas-01", "Was renewed"))


def changes() -> tuple[Change, ...]:
    """The differences of night 2 from night 1. `visible` is the first night that may speak of it."""
    return (
        Change("new", "sen-pc-01", "A new desktop on sw-adm-03 port 1/1/9"),
        Change("moved", "prn-sci-01", "From sw-sci-02 port 7 to port 9", visible=3),
        Change("removed", "prn-rep-01", "Gone; a removal needs two complete nights", visible=3),
        Change("firmware", "sw-core-01", "WC.16.11.0004 became WC.16.11.0015"),
        Change("replaced", "prn-off-01", "Serial VNB8K12345 became VNB8K99881, with a new MAC address"),
        Change("ssid", "wlc-01", "The open network Ashfield-Events is new"),
        Change("port-speed", "srv-media-01", "sw-core-01 port 4 fell from 1000 to 100 Mbit/s"),
        Change("service", "srv-media-01", "Telnet is new"),
        Change("certificate", "nas-01", "The expired certificate was renewed"),
        Change("vlan", "sw-adm-03", "VLAN 60 Exams is new"),
        Change("config", "sw-sci-02", "An NTP server was added to its configuration"),
        Change("link", "sw-mus-04", "The uplink moved from sw-core-01 port 44 to 43", visible=3),
        Change("power", "ups-01", "The UPS runs on its battery"),
        Change("hostname", "off-pc-02", "Now called off-bursar-02", benign=True),
        Change("address", "staff-lt-02", "A new lease: 10.20.2.12 became 10.20.2.88", benign=True),
        Change("uptime", "sw-core-01", "Uptime, counters and the order of rows", benign=True),
        Change("asleep", "staff-lt-03", "A laptop that sleeps tonight", benign=True),
        Change("mac", "ashfield-ipad-2", "An iPad with a new random MAC address", benign=True),
        Change("guests", "guest-phone-1", "Other guests than last night", benign=True),
    )
