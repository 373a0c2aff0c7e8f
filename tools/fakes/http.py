#!/usr/bin/env python3
"""A provider that is asked by HTTP: Twilio, ntfy, a gateway, a chat, somebody's webhook, or just a web server.

    tools/fakes/http.py --kind twilio --stay --port 9001 status:503 ok

Behaviours, one for each request in turn:

    ok                  what the provider says when all is well
    status:CODE[:N]     that status; N is Retry-After
    error:CODE:STATUS   the provider's own error code, as Twilio's 21211 with status 400, Slack's channel_not_found with
                        200, Telegram's chat_not_found with 400
    redirect:URL        302
    slow                takes the request and says nothing for a minute
    drip                a header line now and then, for ever
    drop                takes the request and closes the connection
    reset               takes the request and resets the connection
    garbage             something that is not HTTP
    nonsense            200, but not what the provider says
    large:BYTES         200 with that much

With --per-second N it answers more than that in any second with 429 and Retry-After: 1, whatever the script says.
"""

import collections
import json
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common  # noqa: E402


def well(kind, path, number):
    """What each kind of provider says when it took the message."""
    if kind == "twilio":
        prefix = "CA" if path.endswith("/Calls.json") else "SM"
        return 201, {"sid": f"{prefix}{number:032x}", "status": "queued", "error_code": None}
    if kind == "ntfy":
        return 200, {"id": f"ntfy{number}", "event": "message"}
    if kind == "gateway":
        return 202, {"id": f"gateway-{number}"}
    if kind == "slack":
        return 200, {"ok": True, "channel": "D024BE91L", "ts": f"1503435956.{number:06}"}
    if kind == "telegram":
        return 200, {"ok": True, "result": {"message_id": number, "chat": {"id": 1}}}
    if kind == "teams":
        return 202, b""
    if kind == "mattermost":
        return 200, b"ok"
    if kind == "tokens":
        return 200, {"access_token": f"token-{number}", "token_type": "bearer", "expires_in": 3600}
    return 200, {"ok": True}


def error(kind, code, status):
    if kind == "slack":
        return {"ok": False, "error": code}
    if kind == "telegram":
        return {"ok": False, "error_code": status, "description": "Bad Request: " + code.replace("_", " "),
                **({"parameters": {"retry_after": 7}} if status == 429 else {})}
    if kind == "ntfy":
        return {"code": code, "http": status, "error": "as the script wants it"}
    return {"code": code, "message": "as the script wants it", "status": status}


def read_request(stream):
    line = stream.readline().decode("latin-1")
    if not line.strip():
        return None
    method, path, _ = line.split(" ", 2)
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return {"method": method, "path": path, "headers": headers, "body": body.decode("utf-8", "replace")}


def answer(connection, status, body, headers=()):
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} As scripted", f"Content-Length: {len(payload)}", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode() + payload)


class Pace:
    """Counts what was taken in the second that ends now."""

    def __init__(self, per_second):
        self._per_second = per_second
        self._taken = collections.deque(maxlen=per_second or 1)
        self._lock = threading.Lock()

    def allows(self):
        if not self._per_second:
            return True
        with self._lock:
            now = time.monotonic()
            if len(self._taken) == self._per_second and now - self._taken[0] < 1:
                return False
            self._taken.append(now)
            return True


def main():
    parser = common.options(__doc__)
    parser.add_argument("--kind", default="plain", choices=["plain", "twilio", "ntfy", "gateway", "slack", "telegram", "teams",
                                                              "mattermost", "tokens"])
    parser.add_argument("--per-second", type=int, default=0, help="refuse what comes faster; 0: nothing")
    arguments = parser.parse_args()
    pace = Pace(arguments.per_second)
    script = common.Script(arguments.script, "ok")
    count = iter(range(1, 1 << 30))

    def behave(connection, request, behaviour):
        """False when the connection is over."""
        word, *details = behaviour.split(":", 1 if behaviour.startswith("redirect:") else -1)
        if word == "slow":
            time.sleep(common.SLOW_SECONDS)
            return False
        if word == "drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-Drip: drop\r\n")
                time.sleep(0.05)
        if word == "drop":
            return False
        if word == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if word == "garbage":
            connection.sendall(b"\x00\x01 what is a protocol?\r\n\r\n")
            return False
        if word == "nonsense":
            answer(connection, 200, b"<html>Log in to the Wi-Fi</html>")
        elif word == "large":
            answer(connection, 200, b"x" * int(details[0]))
        elif word == "redirect":
            answer(connection, 302, b"", [f"Location: {details[0]}"])
        elif word == "status":
            retry = [f"Retry-After: {details[1]}"] if len(details) > 1 else []
            answer(connection, int(details[0]), {"error": "as the script wants it"}, retry)
        elif word == "error":
            answer(connection, int(details[1]), error(arguments.kind, int(details[0]) if details[0].isdigit() else details[0], int(details[1])))
        else:
            answer(connection, *well(arguments.kind, request["path"].split("?")[0], next(count)))
        return True

    def talk(connection, _):
        stream = connection.makefile("rb")
        goes_on = True
        while goes_on:
            request = read_request(stream)
            if request is None:
                return
            behaviour = script.next() if pace.allows() else "status:429:1"
            common.record(behaviour=behaviour, at=time.time(), peer=connection.getpeername()[1], **request)
            goes_on = behave(connection, request, behaviour)

    common.serve(arguments, talk)


if __name__ == "__main__":
    main()
