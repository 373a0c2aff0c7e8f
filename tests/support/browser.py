"""A browser without scripts: a session, its forms, and what the last page said was wrong."""

from __future__ import annotations

import re

import requests


def token(page: str) -> str:
    return re.search(r'name="form_token" value="([^"]+)"', page).group(1)


class Browser:
    """Somebody who looks at the console."""

    def __init__(self, url: str):
        self.url = url
        self.session = requests.Session()

    def log_in(self, email: str, password: str) -> "Browser":
        page = self.session.get(self.url + "/console/login", timeout=10).text
        answer = self.session.post(self.url + "/console/login", timeout=30,
                                   data={"email": email, "password": password, "form_token": token(page)})
        assert answer.status_code == 200, answer.text
        return self

    def get(self, path: str, expect: int = 200) -> str:
        answer = self.session.get(self.url + path, timeout=10)
        assert answer.status_code == expect, answer.text
        return answer.text

    def post(self, path: str, expect: int = 200, form: str = "", **values):
        values.setdefault("form_token", token(self.get(form or "/console/")))
        answer = self.session.post(self.url + path, data=values, timeout=10)
        assert answer.status_code == expect, answer.text
        return answer
