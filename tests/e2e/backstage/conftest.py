"""What the tests of the cards and of the templates look at: all of it started once."""

import json
import re
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from walker import Walker
from test_official_backend import BINARY, REPO, SAMPLE_APP, TOKEN, free_port, installed_sample_app, running, wait_for_catalog  # noqa: F401

WORKSPACE = REPO / "ui/backstage"


class FailingProxy:
    """Passes requests on, except those whose path begins like a rule: they get the rule's status."""

    def __init__(self, target: str):
        rules: dict = {}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/_faults":
                    rules.clear()
                    rules.update(json.loads(body))
                    return self.reply(204, {}, b"")
                for path, rule in rules.items():
                    if self.path.startswith(path):
                        error = {"error": {"code": 2000, "message": "As the test wants it", "errors": []}}
                        return self.reply(rule["status"], rule.get("headers", {}), json.dumps(error).encode())
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
                got = requests.request(self.command, target + self.path, headers=headers, data=body, timeout=20)
                self.reply(got.status_code, {"Content-Type": got.headers.get("Content-Type", "application/json")}, got.content)

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            # Cards ask for all their parts at once.
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="package")
def world(installed_sample_app, tmp_path_factory):  # noqa: F811
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed: no browser to see the cards in")
    folder = tmp_path_factory.mktemp("cards")
    callboard = f"http://127.0.0.1:{free_port()}"
    serve = [BINARY, "serve", "--data", folder / "data", "--listen", callboard.removeprefix("http://"), "--private-webhooks", "--demo"]
    with running(serve, f"{callboard}/readyz", folder / "callboard.log"):
        demo = json.loads((folder / "data/demo.json").read_text())
        proxy = FailingProxy(callboard)
        port = free_port()
        app = f"http://127.0.0.1:{port}"
        start = [SAMPLE_APP / "start", "--callboard", proxy.url, "--demo-json", folder / "data/demo.json", "--program", BINARY,
                 "--port", str(port), "--plugin-port", str(free_port()), "--token", TOKEN]
        log = folder / "backstage.log"
        with running(start, f"{app}/.backstage/health/v1/readiness", log):
            wait_for_catalog(app, components=5)
            plugin = re.search(r"plugin +(\S+)", log.read_text())
            assert plugin, log.read_text()
            file = folder / "world.json"
            file.write_text(json.dumps({
                "workspace": str(WORKSPACE), "app": app, "callboard": callboard, "proxy": proxy.url, "plugin": plugin[1],
                "token": TOKEN, "apiKey": demo["api_key"], "owner": demo["owner"]["email"], "services": demo["services"]}))
            yield file
        proxy.close()


@pytest.fixture(scope="package")
def walker(world):
    walker = Walker(world)
    yield walker
    walker.close()
