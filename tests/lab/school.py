"""The virtual school: one model of Ashfield School a night."""

from tests.lab.model import endpoints, plants, servers, switches
from tests.lab.model.nouns import School, Ssid

__all__ = ["School", "school"]


def school(night: int = 1, scale: int = 0) -> School:
    """The school on this night: 1, 2 with its changes, or later (as 2, all awake). `scale` is kept for later."""
    hosts = (
        *servers.infrastructure(night), *servers.servers(night), *servers.access_points(),
        *endpoints.printers(night), *endpoints.desktops(night), *endpoints.laptops(night),
        *endpoints.pupils_devices(night), *endpoints.rooms(night), *endpoints.cameras(), *endpoints.strangers(night),
    )  # fmt: skip
    ssids = [Ssid("Ashfield", "wpa2-enterprise", 10), Ssid("Ashfield-Guest", "wpa2-psk", 40)]
    ssids.append(Ssid("Ashfield-Legacy", "wep", 10))
    if night > 1:
        ssids.append(Ssid("Ashfield-Events", "open", 40))
    return School(
        night=night, switches=switches.switches(night), hosts=hosts, cables=switches.cables(night), ssids=tuple(ssids),
        plants=plants.plants(night), must_nots=plants.must_nots(night), changes=plants.changes(),
        ups_on_battery=night > 1,
        certificate_days=-40 if night == 1 else 365, uptime_s=3_110_400 + (night - 1) * 86_400,
    )  # fmt: skip
