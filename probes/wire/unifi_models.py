"""UniFi's model codes and the names the products are sold under (Ubiquiti's own product pages); only what is sure.

A code that is not here is never given out as the model of an access point: "U7PG2" is Wi-Fi 5, "U7PRO" is Wi-Fi 7.
"""

_APS = """
BZ2 UAP | U2S48 UAP | U2Sv2 UAP | BZ2LR UAP-LR | U2L48 UAP-LR | U2Lv2 UAP-LR | U2M UAP-Mini | U2O UAP-Outdoor
U2HSR UAP-Outdoor+ | U5O UAP-Outdoor5 | U2IW UAP-IW | U7P UAP-Pro | U7E UAP-AC | U7Ev2 UAP-AC | U7O UAP-AC-Outdoor
U7EDU UAP-AC-EDU | U7PG2 UAP-AC-Pro | U7LR UAP-AC-LR | U7LT UAP-AC-Lite | U7MSH UAP-AC-M | U7MP UAP-AC-M-Pro
U7IW UAP-AC-IW | U7IWP UAP-AC-IW-Pro | U7HD UAP-AC-HD | U7SHD UAP-AC-SHD | U7NHD UAP-nanoHD | UFLHD UAP-FlexHD
UHDIW UAP-IW-HD | UCXG UAP-XG | UCMSH UAP-XG-Mesh | UXSDM UWB-XG | UXBSDM UWB-XG-BK | UDMB UAP-BeaconHD
UAL6 U6-Lite | UAP6MP U6-Pro | UALR6 U6-LR | UALR6v2 U6-LR | UALR6v3 U6-LR | UAM6 U6-Mesh | U6M U6-Mesh | UAIW6 U6-IW
U6IW U6-IW | UAE6 U6-Extender | U6EXT U6-Extender | U6ENT U6-Enterprise | UAPL6 U6+ | U7PRO U7-Pro
"""
_SWITCHES = """
US8 US-8 | USC8 US-8 | US8P60 US-8-60W | USC8P60 US-8-60W | US8P150 US-8-150W | S28150 US-8-150W | USC8P150 US-8-150W
US16P150 US-16-150W | S216150 US-16-150W | US24 US-24 | US24P250 US-24-250W | S224250 US-24-250W | US24P500 US-24-500W
S224500 US-24-500W | US48 US-48 | US48P500 US-48-500W | S248500 US-48-500W | US48P750 US-48-750W | S248750 US-48-750W
US24PL2 US-L2-24-PoE | US48PL2 US-L2-48-PoE | US6XG150 US-XG-6PoE | USXG US-16-XG | USC8P450 USW-Industrial
USF5P USW-Flex | USMINI USW-Flex-Mini | USFXG USW-Flex-XG | USL8LP USW-Lite-8-PoE | USL16LP USW-Lite-16-PoE
USL16P USW-16-PoE | USL24 USW-24 | USL24P USW-24-PoE | USL48 USW-48 | USL48P USW-48-PoE | USL8A USW-Aggregation
USL8MP USW-Mission-Critical | US24PRO USW-Pro-24-PoE | US24PRO2 USW-Pro-24 | US48PRO USW-Pro-48-PoE
US48PRO2 USW-Pro-48 | USAGGPRO USW-Pro-Aggregation | US68P USW-Enterprise-8-PoE | US624P USW-Enterprise-24-PoE
US648P USW-Enterprise-48-PoE | USXG24 USW-EnterpriseXG-24 | UDC48X6 USW-Leaf
"""
_GATEWAYS = """
UGW3 USG-3P | UGW4 USG-Pro-4 | UGWXG USG-XG-8 | UXGPRO UXG-Pro | UDM UDM | UDMPRO UDM-Pro | UDMPROSE UDM-SE | UDR UDR
UDW UDW | UDMPROMAX UDM-Pro-Max
"""
_OTHERS = """
USPPDUP USP-PDU-Pro | UP1 USP-Plug | UP6 USP-Strip | USPRPS USP-RPS | UBB UBB | UBBXG UBB-XG | ULTE U-LTE
ULTEPEU U-LTE-Pro | ULTEPUS U-LTE-Pro
"""
_KEYS = "UCK UCK | UCK-v2 UCK | UCK-v3 UCK | UCKG2 UCK-G2 | UCKP UCK-G2-Plus"
_SUBKINDS = {"USPPDUP": "pdu", "UP1": "smart-plug", "UP6": "pdu", "UBB": "wireless-link", "UBBXG": "wireless-link"}
# What the controller calls a kind of device, where the code itself is not known.
_TYPES = {"uap": "ap", "usw": "switch", "ugw": "router", "uxg": "router", "udm": "router", "uck": "wlc", "uph": "phone"}


def _names(table: str) -> dict[str, str]:
    pairs = (entry.split() for line in table.splitlines() for entry in line.split("|") if entry.strip())
    return {entry[0]: entry[1] for entry in pairs}


_BY_KIND = {
    "ap": _names(_APS), "switch": _names(_SWITCHES), "router": _names(_GATEWAYS), "other": _names(_OTHERS),
    "wlc": _names(_KEYS),
}  # fmt: skip
_KNOWN = {code: (kind, name) for kind, names in _BY_KIND.items() for code, name in names.items()}


def product(code: str, kind_word: str = "") -> tuple[str, str, str]:
    """Kind, subkind and selling name of a model code; `kind_word` is what the controller calls the device (uap, usw).

    The strips and plugs of the power line call themselves uap and usw, so that a code that is known decides first.
    """
    kind, name = _KNOWN.get(code, (_TYPES.get(kind_word, ""), ""))
    if not name and kind != "ap":
        name = code
    return kind, _SUBKINDS.get(code, ""), name
