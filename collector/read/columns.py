"""The register's columns: those the DfE's asset register asks for and a person fills, and those the network fills."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owned:
    """One field that belongs to people: its stored name, its words, and what kind of value it wants."""

    name: str
    label: str
    type: str = "text"
    hint: str = ""
    choices: tuple[str, ...] = ()


OWNED = (
    Owned("tag", "Asset tag"),
    Owned("building", "Building"),
    Owned("room", "Room"),
    Owned("cabinet", "Cabinet"),
    Owned("assigned_to", "Assigned to", hint="A role or a room, not a pupil’s name"),
    Owned("condition", "Condition", choices=("New", "Used", "Refurbished", "Donated")),
    Owned("ownership", "Owned or leased", choices=("Owned", "Leased", "Loaned")),
    Owned("purchase_date", "Purchase date", "date"),
    Owned("price", "Price", hint="In pounds"),
    Owned("purchase_order", "Purchase order"),
    Owned("supplier", "Supplier"),
    Owned("warranty_end", "Warranty ends", "date"),
    Owned("support_end", "End of support", "date", hint="Where you know better than the maker’s published date"),
    Owned("replacement_date", "Replacement planned", "date"),
    Owned("last_check", "Last check", "date"),
    Owned("checked_by", "Checked by"),
    Owned("next_check", "Next check", "date"),
    Owned("status", "Status", choices=("In use", "Spare", "On loan", "In repair", "Disposed of")),
    Owned("disposal", "Disposal", hint="Who took it, when, and the data destruction certificate"),
    Owned("notes", "Notes"),
)
# What the network also has a word for: written here, the person's word stands and the difference is shown.
CORRECTIONS = (
    Owned("hostname", "Name"),
    Owned("maker", "Make"),
    Owned("model", "Model"),
    Owned("serial", "Serial number"),
    Owned("location", "Location"),
)
BY_NAME: Mapping[str, Owned] = {owned.name: owned for owned in (*OWNED, *CORRECTIONS)}

# Export columns in the order of the DfE's template; a name in OWNED is the person's, the others are what was seen.
EXPORT = (
    ("number", "Register number"),
    ("tag", "Asset tag"),
    ("kind", "Type"),
    ("maker", "Make"),
    ("model", "Model"),
    ("serial", "Serial number"),
    ("hostname", "Name on the network"),
    ("building", "Building"),
    ("room", "Location or room"),
    ("cabinet", "Cabinet"),
    ("assigned_to", "Assigned to"),
    ("os", "Operating system"),
    ("version", "Version"),
    ("condition", "Condition"),
    ("ownership", "Owned, leased or loaned"),
    ("purchase_date", "Purchase date"),
    ("price", "Price"),
    ("purchase_order", "Purchase order"),
    ("supplier", "Supplier"),
    ("warranty_end", "Warranty end"),
    ("support_end", "End of support"),
    ("replacement_date", "Replacement date"),
    ("last_check", "Last check"),
    ("checked_by", "Checked by"),
    ("next_check", "Next check"),
    ("status", "Status"),
    ("disposal", "Disposal"),
    ("notes", "Notes"),
    ("ips", "IP addresses"),
    ("macs", "MAC addresses"),
    ("switch", "Connected to"),
    ("port", "Port"),
    ("vlan", "VLAN"),
    ("location", "Location it reports"),
    ("first_seen", "First seen"),
    ("last_seen", "Last seen"),
    ("state", "Seen on the network"),
    ("id", "Caretaker id"),
)
