"""Bytes that no decent client sends. The server answers or closes, goes on serving others, and stays small."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import threading
import time

import pytest

from support.events import ENQUEUE, new_key, trigger_event
from support.factory import layer
from support.server import Server, wait_until
from support.wire import Wire, request

MAY_GROW_KILOBYTES = 64 * 1024


@pytest.fixture(scope="module")
def key(make) -> str:
    """A routing key."""
    return make.routing_key()


@pytest.fixture(autouse=True)
def still_serving(server, api):
    """After each test the same process serves the next caller."""
    before = server.pid
    yield
    assert server.alive() and server.pid == before, server.log_tail()
    api.get("/abilities")


@pytest.fixture
def wire(server):
    """A fresh connection."""
    with Wire(server.port) as connection:
        yield connection


@pytest.fixture
def authorized(account) -> dict:
    """Headers that may read."""
    return {"Authorization": f"Token token={account.key}"}


def event_body(key: str, dedup: str = "") -> bytes:
    """A valid event as bytes."""
    return json.dumps(trigger_event(key, dedup or new_key())).encode()


# ---- request lines and headers --------------------------------------------------------------------------


@pytest.mark.parametrize("line", [
    b"\x00\x01\x02\x03", b"GET", b"GET /", b"GET / HTTP/9.9", b"GET / HTTX/1.1", b"GET  /  HTTP/1.1", b"G\x00T / HTTP/1.1",
    b"GET /\x00 HTTP/1.1", b"GET /services HTTP/1.1 extra", b"\xff\xfe\xfd", b"GET /a b HTTP/1.1", b" GET / HTTP/1.1",
    b"GET / HTTP/1.1\rHost: x", b"{\"routing_key\": 1}", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0",
], ids=range(16))
def test_a_malformed_request_line_is_answered_with_400_or_closed(wire, line):
    answer = wire.send(line + b"\r\nHost: x\r\n\r\n").half_close().answer()
    assert answer is None or answer.status in (400, 404, 405, 414, 501, 505), answer


@pytest.mark.parametrize("host, status", [
    (b"", 400), (b"Host: a\r\nHost: b\r\n", 400), (b"Host: a\r\n", 200)], ids=["none", "two", "one"])
def test_a_request_has_one_host(wire, host, status):
    assert wire.send(b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n").half_close().answer().status == status


def test_a_request_of_the_old_version_needs_no_host(wire):
    assert wire.send(b"GET /healthz HTTP/1.0\r\n\r\n").half_close().answer().status == 200


@pytest.mark.parametrize("target, status", [
    (b"http://elsewhere.example/healthz", 200), (b"https://a:1/healthz?x", 200), (b"http://a", 302), (b"http://a?x=1", 302),
    (b"ftp://a/healthz", 401)])
def test_the_server_may_be_named_before_the_path(wire, target, status):
    answer = wire.send(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n").half_close().answer()
    assert answer.status == status, answer


@pytest.mark.parametrize("header", [
    b"No colon here", b": no name", b"Bad Name: x", b"X: a\x00b", b"X : space before colon", b"Content-Length: -1",
    b"Content-Length: ten", b"Content-Length: 5, 6", b"Content-Length: 1\r\nContent-Length: 2", b"Content-Length: 0x10",
    b"Content-Length: 99999999999999999999999999", b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, identity",
    b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding: \x0bchunked",
], ids=range(16))
def test_a_malformed_header_is_answered_with_400_or_closed_and_nothing_is_smuggled(wire, header):
    """The bytes after the broken request must never be taken for a second one that is served."""
    smuggled = b"0\r\n\r\nGET /abilities HTTP/1.1\r\nHost: x\r\n\r\n"
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n" + smuggled).half_close()
    answer = wire.answer()
    assert answer is None or 400 <= answer.status < 600
    if answer is not None and answer.status in (400, 411, 413, 501):
        assert wire.closed(5), "after a broken frame the connection cannot go on"


@pytest.mark.parametrize("flood", ["many", "long", "endless line"])
def test_a_flood_of_headers_is_bounded(wire, server, flood):
    before = server.resident_kilobytes()
    wire.send(b"GET /abilities" + (b"?" + b"a" * 1_000_000 if flood == "endless line" else b"") + b" HTTP/1.1\r\nHost: x\r\n")
    piece = {"many": b"".join(b"X-%d: y\r\n" % number for number in range(1000)), "long": b"X-Long: " + b"z" * 100_000 + b"\r\n",
             "endless line": b"a" * 1000}[flood]
    for _ in range(100):
        wire.send(piece)
    answer = wire.send(b"\r\n").answer()
    assert answer is None or answer.status in (400, 413, 414, 431), answer.status
    assert wire.closed(5)
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES


def test_a_refusal_of_big_headers_is_json(wire):
    answer = wire.send(request("GET", "/abilities", headers={"X-Big": "z" * 200_000})).answer()
    if answer is not None:
        assert answer.status in (400, 431) and "message" in answer.json()["error"]


def test_headers_of_usual_size_are_fine(wire, authorized):
    many = {f"X-Header-{number}": "v" * 50 for number in range(50)}
    assert wire.send(request("GET", "/abilities", headers={**authorized, **many})).answer().status == 200


def test_a_long_query_of_many_ids_is_fine(wire, authorized):
    """Clients send a hundred ids in one address."""
    query = "&".join(f"service_ids[]=PABCDEFGHIJK{number:02d}" for number in range(100))
    assert wire.send(request("GET", f"/incidents?{query}", headers=authorized)).answer().status == 200


@pytest.mark.parametrize("path", ["/%", "/%zz", "/services?%zz=1", "/services?limit=%", "/services?&&==&=", "/services?a[]b=1",
                                  "/services?limit=1&limit=2", "//services", "/./services", "/../etc/passwd", "/services/../users",
                                  "/console/../../../etc/passwd", "/console/%2e%2e/%2e%2e/etc/passwd", "/services#fragment",
                                  "http://other.example.com/abilities", "*"])
def test_strange_addresses_are_answered(wire, authorized, path):
    answer = wire.send(request("GET", path, headers=authorized)).answer()
    assert answer is not None and answer.status in (200, 302, 308, 400, 404, 405)
    assert b"root:x:" not in answer.body


# ---- bodies -----------------------------------------------------------------------------------------------


def test_a_chunked_event_is_accepted(wire, key):
    body = event_body(key)
    chunks = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:11], body[11:]))
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n")
    assert wire.answer().status == 202


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"-1\r\nx\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n", b"5\r\nabc\r\n0\r\n\r\n",
                                    b"5;" + b"e" * 100_000 + b"\r\nabcde\r\n0\r\n\r\n", b"\r\n\r\n"], ids=range(6))
def test_broken_chunks_are_refused(wire, chunks):
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks).half_close()
    answer = wire.answer()
    assert answer is None or 400 <= answer.status < 500
    assert wire.closed(5)


def test_endless_chunks_are_bounded(wire, server):
    before = server.resident_kilobytes()
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(400):  # 26 MB
        wire.send(chunk)
    answer = wire.answer()
    assert answer is None or answer.status in (400, 413)
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES


def test_a_million_tiny_chunks_do_no_harm(wire, server):
    before = server.resident_kilobytes()
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10):
        wire.send(b"1\r\n \r\n" * 10_000)
    answer = wire.send(b"0\r\n\r\n").answer()
    assert answer is None or answer.status in (400, 413)
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES


@pytest.mark.parametrize("path", [ENQUEUE, "/services"])
def test_a_huge_promise_is_refused_without_waiting_for_it(wire, authorized, path):
    started = time.monotonic()
    wire.send(request("POST", path, headers={**authorized, "Content-Length": 10**12, "Content-Type": "application/json"}) + b"{")
    answer = wire.answer()
    assert time.monotonic() - started < 5
    assert answer.status in (400, 413)
    body = answer.json()
    assert body["errors"] if path == ENQUEUE else body["error"]["message"]
    assert wire.closed(5)


def test_a_body_shorter_than_promised_is_no_event(wire, server, key, make):
    dedup = new_key()
    body = event_body(key, dedup)
    wire.send(request("POST", ENQUEUE, headers={"Content-Length": len(body) + 10}) + body).half_close()
    answer = wire.answer()
    assert answer is None or answer.status == 400
    assert make.incidents_of_key(dedup) == []


def test_bytes_beyond_the_promise_belong_to_the_next_request(wire, key):
    body = event_body(key)
    wire.send(request("POST", ENQUEUE, body) + b"garbage that is no request\r\n\r\n").half_close()
    assert wire.answer().status == 202
    answer = wire.answer()
    assert answer is None or answer.status == 400


def test_the_body_of_a_get_is_not_taken_for_a_request(wire, authorized):
    inner = request("GET", "/no-such-thing", headers=authorized)
    wire.send(request("GET", "/abilities", body=inner, headers=authorized) + request("GET", "/vendors", headers=authorized))
    assert wire.answer().status in (200, 400)
    assert "vendors" in wire.answer().json()


def test_expect_continue_is_honoured(wire, key):
    body = event_body(key)
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
    first = wire.answer()
    assert first.status == 100
    assert wire.send(body).answer().status == 202


def test_expect_continue_with_a_huge_promise_is_refused_before_the_body(wire):
    wire.send(b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n")
    assert wire.answer().status in (400, 413, 417)


# ---- connections ------------------------------------------------------------------------------------------


def test_a_half_closed_connection_still_gets_its_answer(wire, key):
    assert wire.send(request("POST", ENQUEUE, event_body(key))).half_close().answer().status == 202
    assert wire.closed(5)


def test_pipelined_requests_are_answered_in_order(wire, authorized):
    paths = ["/abilities", "/vendors", "/no-such-thing", "/priorities", "/licenses"] * 4
    wire.send(b"".join(request("GET", path, headers=authorized) for path in paths))
    for path in paths:
        answer = wire.answer()
        if path == "/no-such-thing":
            assert answer.status == 404
        else:
            assert answer.status == 200 and path[1:] in answer.json()


def test_pipelined_events_are_all_accepted_in_order(wire, key):
    keys = [new_key() for _ in range(20)]
    wire.send(b"".join(request("POST", ENQUEUE, event_body(key, dedup)) for dedup in keys))
    assert [wire.answer().json()["dedup_key"] for _ in keys] == keys


def test_a_request_byte_by_byte_is_understood(wire, key):
    for byte in request("POST", ENQUEUE, event_body(key)):
        wire.send(bytes([byte]))
    assert wire.answer().status == 202


def test_a_connection_is_kept_unless_told_otherwise(wire, authorized):
    for _ in range(3):
        assert wire.send(request("GET", "/abilities", headers=authorized)).answer().status == 200
    assert wire.send(request("GET", "/abilities", headers={**authorized, "Connection": "close"})).answer().status == 200
    assert wire.closed(5)


def test_http_1_0_is_answered_and_closed(wire, authorized):
    assert wire.send(request("GET", "/abilities", headers=authorized, version="HTTP/1.0")).answer().status == 200
    assert wire.closed(5)


def test_http_1_0_without_host_is_answered(wire):
    assert wire.send(b"GET /healthz HTTP/1.0\r\n\r\n").answer().status == 200


def test_a_head_has_the_headers_of_a_get_and_no_body(wire, authorized):
    got = wire.send(request("GET", "/abilities", headers=authorized)).answer()
    head = wire.send(request("HEAD", "/abilities", headers=authorized)).answer("HEAD")
    assert head.status in (200, 404, 405)
    after = wire.send(request("GET", "/abilities", headers=authorized)).answer()
    assert (after.status, after.body) == (200, got.body), "a body after HEAD would have been read as this answer"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW", "get", "PATCH", "OPTIONS", "M" * 100, "LINK", "PROPFIND"])
def test_unknown_methods_are_refused(wire, authorized, method):
    answer = wire.send(request(method, "/services", headers=authorized)).half_close().answer()
    assert answer is None or answer.status in (200, 204, 400, 404, 405, 501)
    assert answer is None or answer.status != 200 or method == "OPTIONS"


def test_a_caller_that_dribbles_is_cut_off():
    """A byte now and then keeps no connection open for ever: it is answered 408 and closed."""
    server = Server(flags=("--request-seconds-max", "2")).start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(b"GET /abilities HTTP/1.1\r\nX: ")
            answer, started = b"", time.monotonic()
            connection.settimeout(0.3)
            while time.monotonic() - started < 15:
                try:
                    connection.sendall(b"y")
                    received = connection.recv(4096)
                except socket.timeout:
                    continue
                except OSError:
                    break
                if not received:
                    break
                answer += received
            assert answer.startswith(b"HTTP/1.1 408 ") and b'"error"' in answer
            assert time.monotonic() - started < 15, "the deadline for a request's head never came"
    finally:
        server.stop()


def test_stalled_connections_stop_nobody_else(server, api):
    """Hundreds of callers that never finish their request cost the others nothing."""
    stalled = []
    try:
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            connection.sendall(request("POST", ENQUEUE, headers={"Content-Length": 100})[: 20 + number % 60])
            stalled.append(connection)
        started = time.monotonic()
        for _ in range(20):
            api.get("/abilities")
        assert time.monotonic() - started < 5
    finally:
        for connection in stalled:
            connection.close()


def test_callers_that_vanish_leave_nothing_behind(server, key):
    """Resets in every phase of a request are noticed and cleaned up."""
    body = request("POST", ENQUEUE, event_body(key))
    for cut in range(0, len(body), max(1, len(body) // 60)):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        connection.sendall(body[:cut])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def descriptors() -> int:
        return len(os.listdir(f"/proc/{server.pid}/fd"))

    before = descriptors()
    wait_until(lambda: descriptors() <= before, 10, "descriptors of vanished callers are closed")


def test_a_caller_that_never_reads_is_bounded(server, account):
    """Answers pile up in no queue without end."""
    before = server.resident_kilobytes()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=2)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one = request("GET", "/vendors?limit=100", headers={"Authorization": f"Token token={account.key}"})
    try:
        for _ in range(3000):
            connection.sendall(one)
    except OSError:
        pass
    finally:
        connection.close()
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="with sanitizers such answers are made too slowly to pile up")
def test_answers_that_nobody_reads_are_bounded_in_all(server, make, authorized):
    """Five megabytes each: what is too much is refused, and the others are still served."""
    start = "2026-03-02T00:00:00Z"
    people = [make.user(), make.user()]
    schedule = make.schedule(schedule_layers=[layer(people, turn=60, start=start)])
    target = f"/schedules/{schedule['id']}?since=2026-03-03T00:00:00Z&until=2026-03-09T00:00:00Z"
    connections = []
    try:
        for _ in range(90):
            connection = socket.socket()
            connection.settimeout(60)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(request("GET", target, headers=authorized))
            connections.append(connection)
        heads = [connection.recv(1024).decode("latin-1") for connection in connections]
    finally:
        for connection in connections:
            connection.close()
    refused = [head for head in heads if head.startswith("HTTP/1.1 503 ")]
    assert refused and all("retry-after: " in head.lower() for head in refused)
    assert len([head for head in heads if head.startswith("HTTP/1.1 200 ")]) == len(heads) - len(refused)


def test_random_bytes_do_no_harm(server, seed):
    """Correct requests with a few bytes changed, removed or repeated."""
    chance = random.Random(seed)
    seeds = [request("POST", ENQUEUE, b'{"routing_key":"x","event_action":"trigger"}'), request("GET", "/services?limit=3"),
             request("PUT", "/incidents/PABC/merge", b"{}", {"Content-Type": "application/json"})]
    before = server.resident_kilobytes()
    for _ in range(300):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(data))
            kind = chance.randrange(3)
            if kind == 0:
                data[place] = chance.randrange(256)
            elif kind == 1:
                del data[place:place + chance.randrange(1, 4)]
            else:
                data[place:place] = data[place:place + chance.randrange(1, 40)]
        with Wire(server.port, timeout=10) as connection:
            answer = connection.send(bytes(data)).half_close().answer()
            assert answer is None or answer.status < 500 or answer.status in (501, 505), bytes(data)
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES


def test_many_callers_at_once_are_all_answered(server, key):
    """Sixty-four threads, each with its own connection."""
    failures = []

    def call():
        try:
            with Wire(server.port, timeout=30) as connection:
                for _ in range(5):
                    answer = connection.send(request("POST", ENQUEUE, event_body(key))).answer()
                    if answer is None or answer.status not in (202, 429, 503):
                        failures.append(answer)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=call) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_big_events_one_after_another_leave_memory_as_it_was(server, events, key):
    body = json.dumps(trigger_event(key, new_key(), custom_details={"text": "x" * 400_000}))
    events.post(ENQUEUE, raw=body)
    before = server.resident_kilobytes()
    for _ in range(50):
        assert events.post(ENQUEUE, raw=body).status_code == 202
    assert server.resident_kilobytes() - before < MAY_GROW_KILOBYTES
