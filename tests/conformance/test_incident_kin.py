"""Past, related and outlier incidents."""

from __future__ import annotations

import pytest


@pytest.fixture
def opened(make):
    """opened(service, title, over=False): an incident."""

    def create(service, title, over=False):
        incident = make.incident(service, title=title)
        if over:
            make.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
        return incident

    return create


def ids(rows):
    return [row["incident"]["id"] for row in rows]


def test_past_incidents_are_those_of_the_service_that_were_like_it(api, reader, make, opened):
    service = make.service()
    almost = opened(service, "Disk of web is almost full", over=True)
    same = opened(service, "Disk 3 of web is full", over=True)
    opened(service, "Certificate expires soon", over=True)
    opened(service, "Disk 4 of web is full")
    opened(make.service(), "Disk 5 of web is full", over=True)
    incident = opened(service, "Disk 7 of web is full")
    later = opened(service, "Disk 8 of web is full", over=True)
    path = f"/incidents/{incident['id']}/past_incidents"
    answer = api.get(path)
    assert ids(answer["past_incidents"]) == [same["id"], almost["id"]] and later["id"] not in ids(answer["past_incidents"])
    assert answer["limit"] == 5 and answer["total"] is None
    first = answer["past_incidents"][0]
    assert first["score"] == 100 and 0 < answer["past_incidents"][1]["score"] < 100
    assert first["incident"]["title"] == "Disk 3 of web is full" and first["incident"]["self"].endswith(f"/incidents/{same['id']}")
    short = reader.get(path, params={"limit": 1, "total": "true"})
    assert ids(short["past_incidents"]) == [same["id"]] and (short["limit"], short["total"]) == (1, 2)
    assert api.get(path, params={"limit": 5_000})["limit"] == 999
    assert api.get(path, params={"additional_details[]": "incident"})["past_incidents"][0]["incident"]["status"] == "resolved"
    for wrong in (0, -1, "many"):
        api.refused("GET", path, 400, params={"limit": wrong})
    api.refused("GET", "/incidents/PNOTHING/past_incidents", 404)


def test_related_incidents_are_those_of_neighbours_and_those_that_say_the_same(api, make, opened):
    below, service, above, stranger = (make.service() for _ in range(4))
    for supporting, dependent in ((below, service), (service, above)):
        api.post("/service_dependencies/associate", {"relationships": [{
            "supporting_service": {"id": supporting["id"], "type": "technical_service"},
            "dependent_service": {"id": dependent["id"], "type": "technical_service"}}]}, expect=200)
    over = opened(below, "Replica lags behind", over=True)
    database = opened(below, "Database has no connections left")
    shop = opened(above, "Checkout answers in 4 s")
    same = opened(stranger, "Gateway of payments drops 5 requests")
    opened(stranger, "Certificate expires soon")
    opened(service, "Queue of payments grows")
    incident = opened(service, "Gateway of payments drops 8 requests")
    path = f"/incidents/{incident['id']}/related_incidents"
    rows = api.get(path)["related_incidents"]
    found = {row["incident"]["id"]: row["relationships"] for row in rows}
    # One that was over before this began went on beside nothing.
    assert set(found) == {database["id"], shop["id"], same["id"]} and over["id"] not in found
    assert ids(rows)[0] == same["id"], "the newest comes first"
    (edge,) = found[database["id"]]
    assert edge["type"] == "service_dependency"
    assert [end["id"] for end in edge["metadata"]["supporting_services"]] == [below["id"]]
    assert [end["id"] for end in edge["metadata"]["dependent_services"]] == [service["id"]]
    (inferred,) = found[same["id"]]
    assert inferred["type"] == "machine_learning_inferred" and inferred["metadata"]["grouping_classification"] == "similar_contents"
    assert "status" not in rows[0]["incident"]
    whole = api.get(path, params={"additional_details[]": "incident"})["related_incidents"][0]["incident"]
    assert whole["status"] == "triggered" and whole["type"] == "incident"
    api.refused("GET", path, 400, params={"additional_details[]": "everything"})
    api.refused("GET", "/incidents/PNOTHING/related_incidents", 404)


def test_an_outlier_is_judged_by_what_the_service_usually_has(api, make, opened):
    service = make.service()
    first = opened(service, "Disk 1 of web is full", over=True)
    path = f"/incidents/{first['id']}/outlier_incident"
    verdict = lambda incident, **params: api.get(f"/incidents/{incident['id']}/outlier_incident", params=params)["outlier_incident"]
    alone = verdict(first)
    assert alone["incident"]["occurrence"]["category"] == "anomaly" and alone["incident"]["occurrence"]["count"] == 1
    assert alone["incident_template"]["mined_text"] == "Disk <*> of web is full"
    again = opened(service, "Disk 2 of web is full", over=True)
    often = verdict(again)
    assert often["incident"]["occurrence"]["category"] == "frequent"
    assert (often["incident"]["occurrence"]["count"], often["incident"]["occurrence"]["frequency"]) == (2, 1)
    assert often["incident_template"]["id"] == alone["incident_template"]["id"]
    other = opened(make.service(), "Disk 3 of web is full")
    assert verdict(other)["incident_template"]["id"] != alone["incident_template"]["id"]
    assert verdict(again, since="2020-01-01T00:00:00Z")["incident"]["occurrence"]["since"] == "2020-01-01T00:00:00Z"
    assert verdict(again, **{"additional_details[]": "incident"})["incident"]["status"] == "resolved"
    api.refused("GET", path, 400, params={"since": "soon"})
    api.refused("GET", path, 400, params={"since": "2100-01-01T00:00:00Z"})
    api.refused("GET", path, 400, params={"additional_details[]": "everything"})
    api.refused("GET", "/incidents/PNOTHING/outlier_incident", 404)
