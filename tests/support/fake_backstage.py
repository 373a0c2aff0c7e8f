"""As much of a Backstage as a plugin's backend sees: keys, tokens of people and plugins, a catalog that asks for tokens."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """An ES256 key; OpenSSL does the mathematics."""

    def __init__(self, folder: Path):
        self.kid = str(uuid.uuid4())
        self.pem = folder / f"{self.kid}.pem"
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.pem], check=True)
        der = subprocess.run(["openssl", "ec", "-in", self.pem, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.jwk = {"kty": "EC", "crv": "P-256", "x": base64url(der[-64:-32]), "y": base64url(der[-32:]), "kid": self.kid, "alg": "ES256"}

    def sign(self, kind: str, claims: dict) -> str:
        head = {"typ": kind, "alg": "ES256", "kid": self.kid}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.pem], input=text.encode(), check=True, capture_output=True).stdout
        raw, rest = b"", der[2:]
        for _ in range(2):
            length = rest[1]
            raw += rest[2:2 + length].lstrip(b"\0").rjust(32, b"\0")
            rest = rest[2 + length:]
        return f"{text}.{base64url(raw)}"


class Server(ThreadingHTTPServer):
    # Tests ask for many things at once.
    request_queue_size = 128


class FakeBackstage:
    """Listens on a port of its own; `entities` is the catalog."""

    def __init__(self, folder: Path):
        self.user_key, self.plugin_key = Key(folder), Key(folder)
        self.entities: list = []
        self.refreshed: list = []
        self.plugin_url = ""  # where the plugin's own keys are
        self.tokens_seen: list = []
        self.catalog_is_down = False
        backstage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.reply(*backstage.get(self.path, self.headers.get("Authorization", "")))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
                self.reply(*backstage.post(self.path, self.headers.get("Authorization", ""), body))

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # ---- tokens --------------------------------------------------------------------------------

    def user_token(self, name: str = "ana", **claims) -> str:
        now = int(time.time())
        known = {"iss": f"{self.url}/api/auth", "sub": f"user:default/{name}", "aud": "backstage", "iat": now, "exp": now + 3600}
        return self.user_key.sign("vnd.backstage.user", {**known, **claims})

    def plugin_token(self, **claims) -> str:
        now = int(time.time())
        known = {"sub": "catalog", "aud": "pagerduty", "iat": now, "exp": now + 3600}
        return self.plugin_key.sign("vnd.backstage.plugin", {**known, **claims})

    def is_plugins(self, authorization: str) -> bool:
        """Does the token carry a signature by a key that the plugin publishes?"""
        head, claims, signature = authorization.removeprefix("Bearer ").split(".")

        def decode(part: str) -> bytes:
            return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

        kid = json.loads(decode(head))["kid"]
        said = json.loads(decode(claims))
        keys = requests.get(f"{self.plugin_url}/.backstage/auth/v1/jwks.json", timeout=5).json()["keys"]
        jwk = next((k for k in keys if k["kid"] == kid), None)
        if jwk is None or said["sub"] != "pagerduty" or said["aud"] != "catalog" or said["exp"] < time.time():
            return False
        prefix = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\4"
        name = self.plugin_key.pem.parent / str(uuid.uuid4())
        name.with_suffix(".der").write_bytes(prefix + decode(jwk["x"]) + decode(jwk["y"]))

        def integer(data: bytes) -> bytes:
            data = data.lstrip(b"\0")
            data = b"\0" + data if data[0] & 0x80 else data
            return b"\2" + bytes([len(data)]) + data

        raw = decode(signature)
        body = integer(raw[:32]) + integer(raw[32:])
        name.with_suffix(".sig").write_bytes(b"\x30" + bytes([len(body)]) + body)
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", name.with_suffix(".der"), "-keyform", "DER", "-signature", name.with_suffix(".sig")],
            input=f"{head}.{claims}".encode(), capture_output=True)
        return done.returncode == 0

    # ---- routes --------------------------------------------------------------------------------

    def get(self, path: str, authorization: str):
        url = urlsplit(path)
        if url.path == "/api/auth/.well-known/jwks.json":
            return 200, {"keys": [self.user_key.jwk]}
        if url.path == "/api/catalog/.backstage/auth/v1/jwks.json":
            return 200, {"keys": [self.plugin_key.jwk]}
        if url.path == "/api/auth/v1/userinfo":
            return 200, {"claims": {"sub": "user:default/ana", "ent": ["user:default/ana", "group:default/sre"]}}
        if not url.path.startswith("/api/catalog/"):
            return 404, {}
        if self.catalog_is_down:
            return 503, {"error": {"name": "ServiceUnavailableError"}}
        if not self.is_plugins(authorization):
            return 401, {"error": {"name": "AuthenticationError"}}
        if url.path == "/api/catalog/entities/by-query":
            query = parse_qs(url.query)
            start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
            items = self.entities[start:start + limit]
            more = {"nextCursor": str(start + limit)} if start + limit < len(self.entities) else {}
            return 200, {"items": items, "totalItems": len(self.entities), "pageInfo": more}
        if url.path.startswith("/api/catalog/entities/by-name/"):
            kind, namespace, name = url.path.split("/")[5:8]
            for entity in self.entities + self.people():
                if entity["kind"].lower() == kind and entity["metadata"]["name"].lower() == name:
                    return 200, entity
        return 404, {"error": {"name": "NotFoundError"}}

    def post(self, path: str, authorization: str, body):
        if path == "/api/catalog/refresh" and self.is_plugins(authorization):
            self.refreshed.append(body["entityRef"])
            return 200, {}
        return 401, {}

    @staticmethod
    def people() -> list:
        return [{"kind": "User", "metadata": {"name": "ana"}, "spec": {"profile": {"email": "olga.owner@callboard.test"}}}]


def component(name: str, owner: str = "team", **annotations) -> dict:
    """A component as the catalog gives it."""
    marks = {f"pagerduty.com/{k.replace('_', '-')}": v for k, v in annotations.items()}
    return {
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "spec": {"owner": owner, "lifecycle": "production"},
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}", "annotations": marks},
    }


class FakeAccount:
    """A REST API of that many services, each with a team, a policy and Backstage's integration, and its issuer of tokens."""

    def __init__(self, count: int):
        self.asked = 0
        self.delay = 0.0
        self.tokens_given: list = []
        self.token_requests: list = []
        self.token_lives = 3600
        self.given_at = 0.0
        self.gives_tokens = True
        self.authorizations: list = []
        self.paths: list = []
        self.refuses: dict = {}  # a path's status
        services = [self.service(i) for i in range(count)]
        account = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                account.token_requests.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                time.sleep(0.2)  # long enough for others to come
                body = {"error": "invalid_client"}
                if account.gives_tokens:
                    account.given_at = time.monotonic()
                    account.tokens_given.append(f"token-{len(account.token_requests)}")
                    body = {"access_token": account.tokens_given[-1], "expires_in": account.token_lives, "token_type": "bearer"}
                data = json.dumps(body).encode()
                self.send_response(200 if account.gives_tokens else 401)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                account.asked += 1
                time.sleep(account.delay)
                account.authorizations.append(self.headers.get("Authorization"))
                path = urlsplit(self.path).path
                account.paths.append(path)
                if path in account.refuses:
                    self.send_response(account.refuses[path])
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                query = parse_qs(urlsplit(self.path).query)
                offset, limit = (int(query.get(name, ["0"])[0]) for name in ("offset", "limit"))
                page = services[offset:offset + limit]
                data = json.dumps({"services": page, "total": len(services), "more": offset + limit < len(services)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def service(i: int) -> dict:
        return {
            "id": f"P{i:07d}", "name": f"Service {i:04d}", "status": "active", "html_url": f"https://p.example.com/P{i:07d}",
            "teams": [{"id": f"T{i % 50}", "name": f"Team {i % 50}"}], "escalation_policy": {"id": "E1", "name": "First"},
            "integrations": [{"id": f"I{i}", "vendor": {"id": "PRO19CT"}, "integration_key": f"{i:032d}"}],
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
