"""Speaks HTTP by hand over a socket, including all that no decent client would send."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Dict, Optional


@dataclass
class Answer:
    """One response as it came over the wire."""

    version: str
    status: int
    headers: Dict[str, str]
    body: bytes

    def json(self):
        """The parsed body."""
        return json.loads(self.body)


class Wire:
    """One connection."""

    def __init__(self, port: int, timeout: float = 10.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes) -> "Wire":
        """Sends all bytes; a peer that stopped listening is no error here, its answer tells."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def half_close(self) -> "Wire":
        """Says that nothing more will be sent."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += data
        return bool(data)

    def _until(self, mark: bytes) -> Optional[bytes]:
        while mark not in self.buffer:
            if not self._more():
                return None
        head, _, self.buffer = self.buffer.partition(mark)
        return head

    def _exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not self._more():
                break
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def answer(self, method: str = "GET") -> Optional[Answer]:
        """The next response; None when the peer closed without one."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *rest = head.decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        code = int(status)
        if method == "HEAD" or code in (204, 304) or 100 <= code < 200:
            body = b""
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks()
        elif "content-length" in headers:
            body = self._exactly(int(headers["content-length"]))
        else:
            while self._more():
                pass
            body, self.buffer = self.buffer, b""
        return Answer(version, code, headers, body)

    def _chunks(self) -> bytes:
        body = b""
        while True:
            size = int((self._until(b"\r\n") or b"0").split(b";")[0], 16)
            body += self._exactly(size)
            self._until(b"\r\n")
            if size == 0:
                return body

    def closed(self, timeout: float) -> bool:
        """True when the peer closes within the time; whatever it still sends is thrown away."""
        self.socket.settimeout(timeout)
        try:
            while self._more():
                pass
        except socket.timeout:
            return False
        return True


def request(method: str, path: str, body: bytes = b"", headers: Optional[dict] = None, version: str = "HTTP/1.1") -> bytes:
    """The bytes of a correct request."""
    lines = [f"{method} {path} {version}", "Host: callboard.test"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
