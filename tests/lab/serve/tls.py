"""Good TLS servers, 1.2 and 1.3: in threads, because asyncio drops the alert that tells a client why it was refused."""

import socket
import ssl
import threading
from pathlib import Path
from typing import Any

from tests.lab.netns import bound

PATIENCE = 10


def serve_tls(host: dict[str, Any], service: dict[str, Any], etc: Path) -> None:
    """Starts a thread that serves one page over TLS with the host's own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(etc / f"{host['hostname']}.crt", etc / f"{host['hostname']}.key")
    listening = bound(host["namespace"], socket.SOCK_STREAM, (host["ip"], service["port"]))
    listening.setblocking(True)
    threading.Thread(target=_accept, args=(listening, context, _page(service)), daemon=True).start()


def _page(service: dict[str, Any]) -> bytes:
    body = f"<html><head><title>{service['words']}</title></head><body>{service['words']}</body></html>"
    product = "/".join(filter(None, (service["product"], service["version"])))
    server = f"Server: {product}\r\n" if product else ""
    head = f"HTTP/1.1 200 OK\r\n{server}Content-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return (head + "Connection: close\r\n\r\n" + body).encode()


def _accept(listening: socket.socket, context: ssl.SSLContext, page: bytes) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_answer, args=(connection, context, page), daemon=True).start()


def _answer(connection: socket.socket, context: ssl.SSLContext, page: bytes) -> None:
    connection.settimeout(PATIENCE)
    try:
        with context.wrap_socket(connection, server_side=True) as secure:
            asked = b""
            while b"\r\n\r\n" not in asked and len(asked) < 65536 and (more := secure.recv(4096)):
                asked += more
            if asked:
                secure.sendall(page)
    except (OSError, ValueError):
        pass
    finally:
        connection.close()
