"""The predicates by name: small pure functions that say of one night whether a clause holds, with their needs."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from baselines.judgement import Judgement
from baselines.predicates import (
    broadband,
    filtering,
    hardware,
    ports,
    power,
    register,
    separation,
    services,
    support,
    switching,
    wireless,
)
from baselines.vocabulary import Clause, Night

Decide = Callable[[Night, Clause], Iterator[Judgement]]


class Predicate(NamedTuple):
    """A function and what of a night it reads: fact names, coverage by probe, or parts of the night."""

    decide: Decide
    needs: tuple[str, ...]


PREDICATES: Mapping[str, Predicate] = {
    "address_conflicts": Predicate(separation.address_conflicts, ("address.conflict", "coverage arp")),
    "admin_pages_reached": Predicate(separation.admin_pages_reached, ("dhcp", "services")),
    "awake": Predicate(register.awake, ("coverage arp", "assets")),
    "backup_differs": Predicate(broadband.backup_differs, ("site",)),
    "backup_exists": Predicate(broadband.backup_exists, ("line", "site")),
    "business_grade": Predicate(wireless.business_grade, ("model",)),
    "cameras_with_staff": Predicate(separation.cameras_with_staff, ("connected_to", "ips")),
    "certificates": Predicate(services.certificates, ("tls", "coverage nmap")),
    "checks_made": Predicate(filtering.checks_made, ("filtering",)),
    "core_power": Predicate(hardware.core_power, ("ups.battery",)),
    "critical_links": Predicate(hardware.critical_links, ("links",)),
    "crowded": Predicate(ports.crowded, ("ports", "coverage snmp.bridge")),
    "documented": Predicate(switching.documented, ("coverage snmp.interfaces",)),
    "duplex": Predicate(ports.duplex, ("ports", "links", "coverage snmp.interfaces")),
    "edge_speed": Predicate(switching.edge_speed, ("ports", "coverage snmp.interfaces")),
    "ends_recorded": Predicate(support.ends_recorded, ("model", "os", "version")),
    "fact_is": Predicate(services.fact_is, ("the fact that the clause names", "coverage nmap")),
    "failover_seen": Predicate(broadband.failover_seen, ("line",)),
    "feature": Predicate(hardware.feature, ("model",)),
    "firewall_present": Predicate(broadband.firewall_present, ("dhcp", "kind")),
    "from_wireless": Predicate(filtering.from_wireless, ("filtering",)),
    "full_fibre": Predicate(broadband.full_fibre, ("site", "ports")),
    "generation": Predicate(wireless.generation, ("wifi.generation", "model")),
    "guests_kept_out": Predicate(separation.guests_kept_out, ("site", "assets", "coverage of subnets")),
    "isolated": Predicate(support.isolated, ("os", "version", "model", "services")),
    "kept_apart": Predicate(wireless.kept_apart, ("wifi.ssids",)),
    "line_speed": Predicate(broadband.line_speed, ("line", "site")),
    "lldp_heard_by_guests": Predicate(separation.lldp_heard_by_guests, ("lldp.enabled",)),
    "lldp_med": Predicate(switching.lldp_med, ("lldp.med", "poe.budget-w")),
    "mac_table": Predicate(hardware.mac_table, ("model",)),
    "managed_aps": Predicate(wireless.managed_aps, ("wifi.controller",)),
    "managed_by_tool": Predicate(switching.managed_by_tool, ("assets",)),
    "management_modules": Predicate(hardware.management_modules, ("stack.members", "parts")),
    "memory": Predicate(hardware.memory, ("memory.mb", "model")),
    "monitored": Predicate(register.monitored, ("coverage snmp",)),
    "multigig": Predicate(wireless.multigig, ("links", "model")),
    "names_answered": Predicate(filtering.names_answered, ("filtering",)),
    "none_unsupported": Predicate(support.none_unsupported, ("os", "version", "model")),
    "old_ssh": Predicate(services.old_ssh, ("ssh.banner", "coverage nmap")),
    "open_resolver": Predicate(services.open_resolver, ("dns.open-resolver", "dhcp", "coverage nmap")),
    "open_service": Predicate(services.open_service, ("services", "coverage nmap")),
    "personal_devices": Predicate(register.personal_devices, ("assets", "site")),
    "plain_admin": Predicate(services.plain_admin, ("web.titles", "services", "coverage nmap")),
    "poe_budget": Predicate(switching.poe_budget, ("poe.budget-w", "poe.used-w")),
    "power_supplies": Predicate(hardware.power_supplies, ("psu.count",)),
    "register_current": Predicate(register.register_current, ("assets", "coverage arp")),
    "register_filled": Predicate(register.register_filled, ("assets",)),
    "rogue_dhcp": Predicate(separation.rogue_dhcp, ("dhcp",)),
    "security": Predicate(wireless.security, ("wifi.ssids",)),
    "spanning_tree": Predicate(switching.spanning_tree, ("stp.version",)),
    "stacking": Predicate(hardware.stacking, ("stack.members", "model")),
    "supported": Predicate(support.supported, ("os", "version", "model")),
    "tree_off": Predicate(ports.tree_off, ("ports", "stp.version")),
    "unsafe": Predicate(services.unsafe, ("services", "snmp.versions", "smb.dialects", "tls", "coverage nmap")),
    "unwanted_openings": Predicate(broadband.unwanted_openings, ("upnp.gateway",)),
    "uplinks": Predicate(switching.uplinks, ("links", "ports", "coverage snmp.lldp")),
    "ups_battery": Predicate(power.ups_battery, ("ups.battery", "ups.replace-battery")),
    "ups_load": Predicate(power.ups_load, ("ups.load",)),
    "ups_minutes": Predicate(power.ups_minutes, ("ups.minutes",)),
    "ups_on_battery": Predicate(power.ups_on_battery, ("ups.on-battery",)),
    "vlans_used": Predicate(separation.vlans_used, ("vlans", "connected_to")),
    "wired_speed": Predicate(wireless.wired_speed, ("links", "ports")),
}

__all__ = ["PREDICATES", "Decide", "Predicate"]
