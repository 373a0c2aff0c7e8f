"""The sections of the configuration file that say by whom messages leave."""

from __future__ import annotations

import os
import subprocess

import requests

from support.server import binary, free_port, wait_until

SECTIONS = """
[serve]
listen = "127.0.0.1:{port}"

[email]
smtp-url = "smtp://127.0.0.1:2525"
from = "Callboard <pages@example.com>"
starttls = "none"

[[sms]]
kind = "twilio"
account-sid = "AC1"
from = "+15550100000"

[[sms]]
kind = "gateway"
url = "https://sms.example.com/send"

[push]
server = "https://ntfy.example.com"
"""


def serve(folder, text, **variables):
    config = folder / "callboard.toml"
    config.write_text(text)
    command = [binary(), "serve", "--data", folder / "data", "--config", config]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **variables})


def test_the_server_starts_with_every_section_and_a_secret_from_the_environment(tmp_path):
    port = free_port()
    server = serve(tmp_path, SECTIONS.format(port=port), CALLBOARD_SMS_1_TOKEN="secret")

    def is_ready():
        assert server.poll() is None, server.stderr.read()
        try:
            return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    try:
        wait_until(is_ready, 20, "the server to be ready")
    finally:
        server.terminate()
        assert server.wait(15) == 0
        server.stdout.close()
        server.stderr.close()


def test_the_server_does_not_start_on_a_mistake_and_names_every_key(tmp_path):
    text = SECTIONS.format(port=free_port()).replace("smtp-url", "smtp-address") + 'tokn = "hunter2"\n'
    server = serve(tmp_path, text)
    _, said = server.communicate(timeout=20)
    assert server.returncode == 2
    for key in ("email: smtp-url: is missing", "email: smtp-address: is not a key", "push: tokn: is not a key",
                "sms 1: token: is missing; it may also stand in CALLBOARD_SMS_1_TOKEN"):
        assert key in said
    assert "hunter2" not in said


def test_a_file_that_is_no_toml_says_where(tmp_path):
    server = serve(tmp_path, '[email]\nsmtp-url = "smtp://127.0.0.1\n')
    _, said = server.communicate(timeout=20)
    assert server.returncode != 0
    assert "line 2" in said
