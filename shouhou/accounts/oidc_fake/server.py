"""A small real OpenID Connect server: discovery, authorize, token with a signed id_token, keys, userinfo. For tests and trials."""

import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from shouhou.plumbing import clock

CLIENT, SECRET = "shouhou", "demo-secret"
VALID = timedelta(minutes=5)


@dataclass
class Company:
    """Who the company's server says is there, and how it misbehaves when told to.

    `person` are the claims of whoever signs in next. `forge` signs with a key that nobody published; `other_person`
    lets userinfo speak of somebody else; `nonce` answers with the token of another sign-in.
    """

    person: dict[str, Any]
    url: str = ""
    forge: bool = False
    audience: str = CLIENT
    other_person: bool = False
    nonce: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    # What was asked for under each code: PKCE challenge and nonce.
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo", "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Whoever asks is the person; answers where to send the browser."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked.get("code_challenge", ""), asked.get("nonce", "")
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    def token(self, form: dict[str, str], credentials: tuple[str, str]) -> dict[str, Any] | None:
        """None for a wrong client, code or PKCE verifier."""
        challenge, nonce = self.codes.pop(form.get("code", ""), (None, ""))
        proof = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if credentials != (CLIENT, SECRET) or challenge is None or challenge != proof:
            return None
        now = clock.now()
        claims = {"iss": self.url, "aud": self.audience, "iat": now, "exp": now + VALID, "nonce": self.nonce or nonce, **self.person}
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if self.forge else self.key
        signed = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def userinfo(self) -> dict[str, Any]:
        return {**self.person, "sub": "somebody-else"} if self.other_person else self.person


@contextmanager
def company(person: dict[str, Any]) -> Iterator[Company]:
    """The server, running on a free port of this machine until the block ends."""
    here = Company(person)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            if asked.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", here.authorize(query))
                self.end_headers()
                return
            answers = {"/.well-known/openid-configuration": here.discovery, "/keys": here.keys, "/userinfo": here.userinfo}
            self._say(200 if asked.path in answers else 404, answers[asked.path]() if asked.path in answers else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            known = (form.get("client_id", ""), form.get("client_secret", ""))
            if self.headers.get("Authorization", "").startswith("Basic "):
                name, _, secret = b64decode(self.headers["Authorization"][6:]).decode().partition(":")
                known = unquote(name), unquote(secret)
            token = here.token(form, known)
            self._say(200 if token else 400, token or {"error": "invalid_grant"})

        def _say(self, status: int, what: dict[str, Any]) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the base class names it so
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
