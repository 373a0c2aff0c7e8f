"""What the command line refuses, and says when it does; who counts as the peer of a log-in."""

from __future__ import annotations

import re
import subprocess

import pytest
import requests

from support.server import OWNER_EMAIL, OWNER_PASSWORD, binary, free_port


def run(*arguments, stdin=""):
    """The program with these arguments, ended within seconds; a server that starts is ended by force."""
    command = [str(binary()), *map(str, arguments)]
    try:
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=10)
    except subprocess.TimeoutExpired:
        pytest.fail(f"{' '.join(command)} should have ended")


# ---- serve --------------------------------------------------------------------------------------------------


def test_a_data_directory_is_one_servers(fresh_server):
    server = fresh_server().start()
    second = run("serve", "--data", server.data, "--listen", f"127.0.0.1:{free_port()}")
    assert second.returncode != 0 and str(server.data) in second.stderr
    server.create_owner()
    assert len(server.create_api_key()) == 20
    server.kill()
    server.start()


def test_a_demonstration_has_guests_and_an_account_of_somebodys_own_has_none(fresh_server):
    server = fresh_server(flags=("--demo",))
    page, card = f"{server.url}/console/incidents", f"{server.url}/api/pagerduty/services"
    for _ in range(2):
        server.start(wait=False).wait_ready(120)  # a month is lived first
        assert requests.get(page, timeout=20, allow_redirects=False).status_code == 200
        assert requests.get(card, timeout=20).status_code == 200
        assert server.stop() == 0
    own = fresh_server()
    own.create_owner()
    own.start()
    key = own.create_api_key()
    own.stop()
    own.flags = ["--demo"]
    own.start()
    assert "demo.left_out" in own.log_tail()
    page, card = f"{own.url}/console/incidents", f"{own.url}/api/pagerduty/services"
    assert requests.get(page, timeout=20, allow_redirects=False).status_code != 200
    assert requests.get(card, timeout=20).status_code == 401
    assert requests.get(card, headers={"Authorization": f"Bearer {key}"}, timeout=20).status_code == 200


def test_an_address_in_use_is_refused(fresh_server, tmp_path):
    server = fresh_server().start()
    second = run("serve", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{server.port}")
    assert second.returncode != 0
    assert str(server.port) in second.stderr and "in use" in second.stderr
    assert server.stop() == 0
    server.start()


@pytest.mark.parametrize("host, url", [("localhost", "http://localhost:{}"), ("[::1]", "http://[::1]:{}")])
def test_it_listens_on_names_and_on_ipv6(tmp_path, host, url):
    port = free_port()
    process = subprocess.Popen([str(binary()), "serve", "--data", str(tmp_path / "data"), "--listen", f"{host}:{port}"],
                               stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if "server.ready" in line:
                assert f'"{url.format(port)}"' in line
                break
        else:
            pytest.fail("the server ended at start")
        assert requests.get(f"http://{host}:{port}/readyz", timeout=5).status_code == 200
    finally:
        process.terminate()
        process.wait(15)


def test_a_slash_at_the_end_of_the_public_address_is_cut(fresh_server):
    server = fresh_server()
    server.create_owner()
    server.process = subprocess.Popen([str(binary()), "serve", "--data", str(server.data), "--listen",
                                       f"127.0.0.1:{server.port}", "--public-url", "https://pages.example.com/"],
                                      stderr=subprocess.DEVNULL)
    server.wait_ready()
    headers = {"Authorization": f"Token token={server.create_api_key()}"}
    user = requests.get(f"{server.url}/users", headers=headers, timeout=5).json()["users"][0]
    assert user["self"] == f"https://pages.example.com/users/{user['id']}"


@pytest.mark.parametrize("text, key", [('[serve]\nlisten = "127.0.0.1:0"\nlissten = "x"\n', "serve.lissten"),
                                       ('dota = "x"\n', "dota"), ('[sevre]\ndata = "x"\n', "sevre")])
def test_an_unknown_key_of_the_configuration_is_named(tmp_path, text, key):
    (tmp_path / "callboard.toml").write_text(text)
    done = run("serve", "--data", tmp_path / "data", "--config", tmp_path / "callboard.toml")
    assert done.returncode == 2 and key in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_known_key_of_the_configuration_counts(tmp_path):
    (tmp_path / "callboard.toml").write_text('[serve]\nlisten = "nonsense"\n')
    done = run("serve", "--data", tmp_path / "data", "--config", tmp_path / "callboard.toml")
    assert done.returncode == 2 and "nonsense" in done.stderr


def test_a_configuration_that_is_not_there_is_refused(tmp_path):
    done = run("serve", "--data", tmp_path / "data", "--config", tmp_path / "typo.toml")
    assert done.returncode != 0 and "typo.toml" in done.stderr


def test_help_of_serve_lists_the_configuration_file():
    assert "--config" in run("serve", "--help").stdout


# ---- admin --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email, options, stdin", [("a@example.com", [], ""), ("a@example.com", ["--password-stdin"], "\n"),
                                                   ("a@example.com", ["--password-stdin"], ""),
                                                   ("nobody", ["--password-stdin"], "correct horse\n")])
def test_an_owner_who_could_not_log_in_is_not_made(tmp_path, email, options, stdin):
    data = tmp_path / "data"
    done = run("admin", "create-owner", "--data", data, "--name", "Ann", "--email", email, *options, stdin=stdin)
    assert done.returncode == 2 and re.search(r"password|e-mail", done.stderr)
    assert not data.exists()


def test_a_key_is_made_only_where_there_is_an_account(tmp_path):
    (tmp_path / "empty").mkdir()
    for data in (tmp_path / "typo", tmp_path / "empty"):
        done = run("admin", "create-api-key", "--data", data, "--description", "x")
        assert done.returncode == 2 and str(data) in done.stderr and done.stdout == ""
    assert not (tmp_path / "typo").exists() and list((tmp_path / "empty").iterdir()) == []


# ---- log-in behind a proxy ----------------------------------------------------------------------------------


def log_in(server, email, password, forwarded=None):
    """The status of a log-in as a browser does it, with what a proxy adds."""
    session = requests.Session()
    form = session.get(f"{server.url}/console/login", timeout=10)
    token = re.search(r'name="form_token" value="([^"]+)"', form.text).group(1)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    fields = {"email": email, "password": password, "form_token": token}
    return session.post(f"{server.url}/console/login", data=fields, headers=headers, timeout=30,
                        allow_redirects=False).status_code


def test_a_guesser_behind_the_proxy_locks_out_only_themselves(fresh_server):
    server = fresh_server()
    server.create_owner()
    server.start()
    for number in range(100):
        # What the guesser writes in front does not help them.
        assert log_in(server, f"guess{number}@example.org", "", f"203.0.113.{number}, 198.51.100.7") == 422
    assert log_in(server, OWNER_EMAIL, OWNER_PASSWORD, "198.51.100.7") == 429
    assert log_in(server, OWNER_EMAIL, OWNER_PASSWORD, "198.51.100.7, 198.51.100.8") == 303
    assert log_in(server, OWNER_EMAIL, OWNER_PASSWORD) == 303
