"""Tags: words on users, teams and escalation policies."""

from __future__ import annotations

import pytest

from support.client import unique


@pytest.fixture
def tag(api):
    return api.post("/tags", {"tag": {"type": "tag", "label": unique("Tag")}}, expect=201)["tag"]


@pytest.fixture(params=["users", "teams", "escalation_policies"])
def tagged(request, make):
    """A path, and what is there."""
    made = {"users": make.user, "teams": make.team, "escalation_policies": make.policy}[request.param]()
    return f"/{request.param}/{made['id']}", made


def ref(tag: dict) -> dict:
    return {"type": "tag_reference", "id": tag["id"]}


def test_tags_are_made_listed_searched_and_deleted(api, tag):
    assert api.get(f"/tags/{tag['id']}")["tag"] == tag and tag["summary"] == tag["label"]
    found = api.get("/tags", params={"query": tag["label"].lower(), "total": "true"})
    assert found["tags"] == [tag] and found["total"] == 1
    page = api.get("/tags", params={"limit": 1, "offset": 0})
    assert len(page["tags"]) == 1
    api.delete(f"/tags/{tag['id']}")
    api.refused("GET", f"/tags/{tag['id']}", 404)
    api.refused("DELETE", f"/tags/{tag['id']}", 404)


@pytest.mark.parametrize("wrong", [{}, {"label": ""}, {"label": "x" * 192}, {"label": 5}])
def test_a_tag_needs_a_label(api, wrong):
    api.refused("POST", "/tags", 400, json={"tag": {"type": "tag", **wrong}})


def test_a_label_is_one_tags_whatever_its_case(api, tag):
    refused = api.refused("POST", "/tags", 400, json={"tag": {"type": "tag", "label": tag["label"].upper()}})
    assert refused["errors"] == ["Label has already been taken"]


def test_tags_go_on_things_and_off_again(api, tag, tagged):
    path, made = tagged
    kind = path.split("/")[1]
    new = unique("Tag")
    assert api.post(f"{path}/change_tags", {"add": [ref(tag), {"type": "tag", "label": new}]}, expect=200) == {}
    api.post(f"{path}/change_tags", {"add": [{"type": "tag", "label": new.upper()}, ref(tag)]}, expect=200)
    listed = api.get(f"{path}/tags", params={"limit": 1, "offset": 1, "total": "true"})
    assert listed["total"] == 2 and [one["label"] for one in listed["tags"]] == sorted([new, tag["label"]])[1:]
    by_tag = api.get(f"/tags/{tag['id']}/{kind}", params={"limit": 10, "offset": 0, "total": "true"})
    assert [one["id"] for one in by_tag[kind]] == [made["id"]] and by_tag["total"] == 1
    api.post(f"{path}/change_tags", {"remove": [ref(tag)]}, expect=200)
    assert [one["label"] for one in api.get(f"{path}/tags")["tags"]] == [new]
    assert api.get(f"/tags/{tag['id']}/{kind}")[kind] == []


def test_a_deleted_tag_is_nowhere(api, make, tag):
    team = make.team()
    api.post(f"/teams/{team['id']}/change_tags", {"add": [ref(tag)]}, expect=200)
    api.delete(f"/tags/{tag['id']}")
    assert api.get(f"/teams/{team['id']}/tags")["tags"] == []


@pytest.mark.parametrize("change", [{"add": [{"type": "tag"}]}, {"add": [{"type": "tag_reference"}]}, {"add": ["x"]},
                                    {"add": [{"type": "tag_reference", "id": "PNOBODY0000000"}]}, {"remove": [{}]},
                                    {"add": [{"type": "label", "id": "PNOBODY0000000"}]},
                                    {"add": [{"type": "tag", "label": f"many {one}"} for one in range(101)]}])
def test_a_change_that_cannot_be_made_changes_nothing(api, make, change):
    team = make.team()
    api.refused("POST", f"/teams/{team['id']}/change_tags", 400, json={"add": [{"type": "tag", "label": "good"}, *change.get("add", [])],
                                                                       "remove": change.get("remove", [])})
    assert api.get(f"/teams/{team['id']}/tags")["tags"] == []


@pytest.mark.parametrize("path", ["/services/PNOBODY0000000/tags", "/users/PNOBODY0000000/tags", "/teams/PNOBODY0000000/tags",
                                  "/escalation_policies/PNOBODY0000000/tags", "/tags/PNOBODY0000000/users"])
def test_what_is_unknown_has_no_tags(api, path):
    api.refused("GET", path, 404)
