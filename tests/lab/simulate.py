"""One snmpsim process for many namespaces: each device its own engine, community, v3 user and socket.

snmpsim opens its sockets where it runs; here each is made inside its device's namespace instead. The empty v3 context
is found only in a file called self.snmprec (pysnmp 7.1 does not call snmpsim's context search).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(spec_file: str) -> int:
    """Serves the devices of the spec until it is ended."""
    os.environ["SNMPSIM_ALLOW_ROOT"] = "true"
    import socket

    from pysnmp.carrier.asyncio.dgram import udp
    from snmpsim import endpoints  # type: ignore[import-untyped]
    from snmpsim.commands import responder  # type: ignore[import-untyped]

    from tests.lab.netns import bound

    spec = json.loads(Path(spec_file).read_text())
    spaces = {device["ip"]: device["namespace"] for device in spec["devices"]}

    def opened(self: Any, address: str) -> tuple[Any, str]:
        ip = address.split(":", maxsplit=1)[0]
        made = bound(spaces[ip], socket.SOCK_DGRAM, (ip, 161))
        return udp.UdpTransport().open_server_mode(sock=made), address

    endpoints.IPv4TransportEndpoints._addEndpoint = opened
    sys.argv = ["snmpsim", "--log-level=error", "--logging-method=stderr", f"--cache-dir={spec['cache']}"]
    for device in spec["devices"]:
        sys.argv += _engine(device)
    return int(responder.main() or 0)


def _engine(device: dict[str, str]) -> list[str]:
    return [
        f"--v3-engine-id={device['engine']}", f"--v3-user={device['user']}", f"--v3-auth-key={device['auth']}",
        "--v3-auth-proto=SHA", f"--v3-priv-key={device['priv']}", "--v3-priv-proto=AES",
        f"--data-dir={device['data']}", f"--agent-udpv4-endpoint={device['ip']}:161",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
