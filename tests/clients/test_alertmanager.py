"""Prometheus Alertmanager sends to Callboard exactly as it sends to PagerDuty."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
import requests

from support.client import unique
from support.events import ENQUEUE
from support.server import free_port, wait_until
from support.tls_proxy import TlsProxy

PROGRAM = "/usr/bin/prometheus-alertmanager"

pytestmark = pytest.mark.skipif(not shutil.which(PROGRAM), reason="Debian's package prometheus-alertmanager is not installed")

CONFIGURATION = """
global:
  resolve_timeout: 1m
route:
  receiver: callboard
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 1h
receivers:
  - name: callboard
    pagerduty_configs:
      - {address}
        {credential}: {key}
        send_resolved: true
        severity: '{{{{ if .CommonLabels.severity }}}}{{{{ .CommonLabels.severity }}}}{{{{ else }}}}error{{{{ end }}}}'
        description: '{{{{ .CommonAnnotations.summary }}}}'
"""


class Alertmanager:
    """One process of the real program."""

    def __init__(self, folder, address: str, credential: str, key: str):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        configuration = folder / "alertmanager.yml"
        configuration.write_text(CONFIGURATION.format(address=address, credential=credential, key=key))
        self.log_path = folder / "alertmanager.log"
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [PROGRAM, f"--config.file={configuration}", f"--storage.path={folder / 'data'}", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=self.log, stderr=self.log, cwd=folder)
        wait_until(self.ready, 20, "Alertmanager is ready", every=0.05)

    def ready(self) -> bool:
        """True when the program answers."""
        assert self.process.poll() is None, self.log_path.read_text()
        try:
            return requests.get(f"{self.address}/-/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def alert(self, name: str, summary: str, firing: bool, **labels) -> None:
        """Tells the program that an alert fires, or that it has ended."""
        now = datetime.now(timezone.utc)
        ends = now + timedelta(hours=1) if firing else now - timedelta(milliseconds=1)
        reply = requests.post(f"{self.address}/api/v2/alerts", timeout=5, json=[{
            "labels": {"alertname": name, **labels}, "annotations": {"summary": summary},
            "startsAt": (now - timedelta(minutes=1)).isoformat(), "endsAt": ends.isoformat(),
            "generatorURL": "http://prometheus.example.com/graph"}])
        assert reply.status_code == 200, reply.text

    def stop(self) -> None:
        """Ends the program."""
        self.process.kill()
        self.process.wait()
        self.log.close()


@pytest.fixture
def alertmanager(request, tmp_path):
    """A function that starts the program with one receiver."""
    started = []

    def start(address: str, credential: str, key: str) -> Alertmanager:
        started.append(Alertmanager(tmp_path, address, credential, key))
        return started[-1]

    yield start
    for one in started:
        one.stop()
        if getattr(request.node, "failed", False):
            print(one.log_path.read_text()[-4000:])


def incidents(api, service) -> list:
    """The incidents of a service."""
    return api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"]


def tell_the_story(program, api, make, service) -> dict:
    """An alert opens an incident and its end resolves it; returns the alert as it was while open."""
    name, summary = unique("Alert").replace(" ", "_").replace("-", "_"), unique("Disk is nearly full")
    program.alert(name, summary, firing=True, severity="critical", instance="db1:9100")
    opened = wait_until(lambda: incidents(api, service), 15, "the alert opens an incident")
    assert [one["title"] for one in opened] == [summary] and opened[0]["status"] == "triggered"
    alert = make.alerts(opened[0])[0]
    assert alert["severity"] == "critical" and alert["body"]["details"]["num_firing"] == "1"
    program.alert(name, summary, firing=False, severity="critical", instance="db1:9100")
    wait_until(lambda: incidents(api, service)[0]["status"] == "resolved", 15, "the end of the alert resolves the incident")
    assert len(incidents(api, service)) == 1
    return alert


def test_an_alert_opens_an_incident_and_its_end_resolves_it(alertmanager, server, api, make):
    """Version 2 of the events: the address is a setting of the receiver."""
    service = make.service()
    program = alertmanager(f"url: {server.url}{ENQUEUE}", "routing_key", make.routing_key(service))
    assert len(tell_the_story(program, api, make, service)["alert_key"]) == 64, "one key per group: a SHA-256"


def test_the_same_over_version_one(alertmanager, server, api, make, tmp_path):
    """With a service_key the program knows only PagerDuty's own address, so a proxy brings its requests here."""
    service = make.service()
    key = make.integration(service, "generic_events_api_inbound_integration")["integration_key"]
    proxy = TlsProxy(tmp_path, server.port)
    detour = f"http_config: {{proxy_url: 'http://127.0.0.1:{proxy.port}', tls_config: {{insecure_skip_verify: true}}}}"
    try:
        tell_the_story(alertmanager(detour, "service_key", key), api, make, service)
        assert set(proxy.asked_for) == {"events.pagerduty.com:443"}
    finally:
        proxy.close()


def test_a_second_alert_of_the_group_joins_the_same_incident(alertmanager, server, api, make):
    """Alertmanager sends one key per group."""
    service = make.service()
    program = alertmanager(f"url: {server.url}{ENQUEUE}", "routing_key", make.routing_key(service))
    name = unique("Alert").replace(" ", "_").replace("-", "_")
    program.alert(name, "Two disks", firing=True, instance="db1")
    opened = wait_until(lambda: incidents(api, service), 15, "the alert opens an incident")
    program.alert(name, "Two disks", firing=True, instance="db2")
    wait_until(lambda: make.alerts(opened[0])[0]["body"]["details"].get("num_firing") == "2", 15, "the second alert arrives")
    assert len(incidents(api, service)) == 1
    program.alert(name, "Two disks", firing=False, instance="db1")
    program.alert(name, "Two disks", firing=False, instance="db2")
    wait_until(lambda: incidents(api, service)[0]["status"] == "resolved", 15, "the group resolves")
