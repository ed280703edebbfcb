"""An OpenID provider on loopback (OpenID Connect Core 1.0, RFC 7636): discovery, authorisation, token and key set."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "caretaker", "a client secret"


class Provider(ThreadingHTTPServer):
    """Vouches for whoever `claims` says, to the one client it knows."""

    def __init__(self, claims: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.claims = claims
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}/tenant/v2.0"

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        words = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": nonce}
        return jwt.encode({"alg": "RS256", "kid": "1"}, words | self.claims, self.key)


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path.endswith("/.well-known/openid-configuration"):
            self._say(200, self._discovery())
        elif address.path.endswith("/keys"):
            self._say(200, {"keys": [self.server.key.as_dict(private=False)]})
        elif address.path.endswith("/authorize"):
            self._authorize(asked)

    def _discovery(self) -> dict[str, Any]:
        issuer = self.server.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _authorize(self, asked: dict[str, str]) -> None:
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"]
        code = secrets.token_hex(8)
        self.server.codes[code] = asked
        self.send_response(302)
        back = urlencode({"code": code, "state": asked["state"]})
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(given.get("code", ""), None)
        if asked is None or not self._is_client() or not _proves(given, asked):
            self._say(400, {"error": "invalid_grant"})
            return
        token = self.server.id_token(asked["nonce"])
        self._say(200, {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _is_client(self) -> bool:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {basic}"

    def _say(self, status: int, words: object) -> None:
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _proves(given: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether the code verifier fits the challenge (RFC 7636, S256)."""
    hashed = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == asked.get("code_challenge")


@contextmanager
def providing(claims: dict[str, Any]) -> Iterator[Provider]:
    """A provider that runs for the block."""
    server = Provider(claims)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
