"""Every probe's name and the pure function that reads its recording. A new probe is one line here."""

from collections.abc import Callable, Iterator, Mapping

from probes import enterprises, oui
from probes.device_files import Knowledge, knowledge
from probes.seen import Seen
from probes.vocabulary import Recording
from probes.wire import (
    addresses,
    arp_sweep,
    bridge,
    broadband,
    cdp,
    cli,
    dhcp,
    entity,
    filter_check,
    ftp,
    greeting,
    host_resources,
    interfaces,
    ipp,
    lag,
    lease_files,
    lldp,
    maker_values,
    mdns,
    nd,
    neighbour_frames,
    netbios,
    nmap_scan,
    omada,
    omada_device,
    own_host,
    poe,
    printer,
    resolver,
    smb,
    ssdp,
    ssh_key,
    stp,
    system,
    tls_certificate,
    unifi,
    unifi_device,
    upnp_description,
    ups,
    web_page,
    wireless,
)
from probes.wire.rows import Rows, Table

Decode = Callable[[Recording], Iterator[Seen]]

_SNMP = (
    system, interfaces, addresses, entity, lldp, cdp, bridge, stp, poe, lag, ups, printer, host_resources, wireless,
)  # fmt: skip
_OTHERS = (
    arp_sweep, nd, neighbour_frames, dhcp, mdns, ssdp, netbios, nmap_scan, tls_certificate,
    web_page, upnp_description, ipp, ssh_key, cli, smb, ftp, greeting, resolver, filter_check, broadband, own_host, oui,
    unifi, unifi_device, omada, omada_device,
    enterprises, lease_files,
)  # fmt: skip

SNMP_TABLES: tuple[Table, ...] = tuple(table for module in _SNMP for table in module.TABLES)


def maker_values_of(recording: Recording, known: Knowledge | None = None) -> Iterator[Seen]:
    """A maker's own values, by the names that the device files give their OIDs; without a sysObjectID by every name."""
    known = known or knowledge()
    object_id = Rows(recording.answers).get(system.OBJECT_ID)
    every = [pair for _, ask in known.asks for pair in ask.items()]
    asked = list(known.maker_oids(object_id).items()) if isinstance(object_id, str) else every
    yield from maker_values.table(asked).seen(recording)


DECODERS: Mapping[str, Decode] = {
    system.ACCESS: system.decode_access,
    maker_values.NAME: maker_values_of,
    **{table.name: table.seen for table in SNMP_TABLES},
    **{name: decode for module in _OTHERS for name, decode in module.DECODERS.items()},
}
