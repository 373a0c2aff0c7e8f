"""Incident types: the account has one."""

from __future__ import annotations


def test_the_default_type_is_there_by_id_and_by_name(api):
    listed = api.get("/incidents/types")["incident_types"]
    assert [one["name"] for one in listed] == ["incident_default"] and listed[0]["enabled"] is True
    assert api.get("/incidents/types", params={"filter": "all"})["incident_types"] == listed
    assert api.get("/incidents/types", params={"filter": "enabled"})["incident_types"] == listed
    assert api.get("/incidents/types", params={"filter": "disabled"})["incident_types"] == []
    api.refused("GET", "/incidents/types", 400, params={"filter": "some"})
    for key in ("incident_default", listed[0]["id"]):
        assert api.get(f"/incidents/types/{key}")["incident_type"] == listed[0]
    api.refused("GET", "/incidents/types/major_incident", 404)
