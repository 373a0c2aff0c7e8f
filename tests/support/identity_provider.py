"""An OpenID Connect provider with one person, who is logged in there already. What its tokens say can be changed."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

CLIENT_ID = "callboard & friends"
CLIENT_SECRET = "a secret: with marks %"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class IdentityProvider:
    def __init__(self):
        self.claims: dict = {}
        self.configuration: dict = {}
        self.down = False
        self.discovered = 0
        self._attempts: dict = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                provider._get(self)

            def do_POST(self):
                provider._post(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _say(self, handler, status: int, body: dict, **headers) -> None:
        payload = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(payload)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(payload)

    def _get(self, handler) -> None:
        if self.down:
            return self._say(handler, 503, {"error": "temporarily_unavailable"})
        if handler.path == "/.well-known/openid-configuration":
            self.discovered += 1
            return self._say(handler, 200, {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize",
                                            "token_endpoint": self.issuer + "/token", **self.configuration})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        code = secrets.token_urlsafe(16)
        self._attempts[code] = asked
        back = asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})
        return self._say(handler, 302, {}, Location=back)

    def _post(self, handler) -> None:
        form = {name: values[0] for name, values in
                parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode()).items()}
        if self.down:
            return self._say(handler, 503, {"error": "temporarily_unavailable"})
        _, _, basic = handler.headers.get("Authorization", "").partition(" ")
        who = [unquote(part) for part in base64.b64decode(basic).decode().split(":", 1)]
        attempt = self._attempts.pop(form.get("code", ""), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        good = (who == [CLIENT_ID, CLIENT_SECRET] and attempt and form["grant_type"] == "authorization_code"
                and attempt["redirect_uri"] == form["redirect_uri"] and attempt["client_id"] == CLIENT_ID
                and attempt["code_challenge_method"] == "S256" and attempt["code_challenge"] == challenge)
        if not good:
            return self._say(handler, 400, {"error": "invalid_grant"})
        claims = {"iss": self.issuer, "sub": "1", "aud": CLIENT_ID, "exp": int(time.time()) + 300,
                  "nonce": attempt["nonce"], "email": "ana@example.com", "email_verified": True, "name": "Ana Ruiz",
                  **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = ".".join([b64(b'{"alg":"RS256"}'), b64(json.dumps(claims).encode()), b64(b"not looked at")])
        return self._say(handler, 200, {"access_token": "x", "token_type": "Bearer", "id_token": token})
