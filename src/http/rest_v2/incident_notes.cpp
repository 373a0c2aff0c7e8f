// REST "Incidents": notes. Creating one answers 200, not 201.

#include "http/kit/fields.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::size_t content_max = 65'535;  // REST: bytes per note; characters here.
constexpr std::int64_t notes_max = 2'000;    // REST: notes per incident.

json::object note_object(Wire& wire, const IncidentNote& note) {
    json::object out;
    out["id"] = wire.id(note.id);
    out["user"] = note.user ? json::value(wire.user_ref(*note.user)) : json::value(nullptr);
    out["channel"] = json::object{{"summary", "The website or APIs"}};
    out["content"] = note.content;
    out["created_at"] = wire.time(note.created_at);
    out["updated_at"] = wire.time(note.created_at);
    return out;
}

Result<std::string> read_content(Request& request) {
    TRY(auto fields, Fields::of(request, "note"));
    std::string content;
    fields.text("content", content, {.required = true, .max = content_max});
    CHECK_OK(fields.check());
    return content;
}

Result<IncidentNote> note_of_path(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto note, request.path_row<IncidentNote>("note_id", errors::not_found("Note Not Found", 5001)));
    if (note.incident != incident.id) return errors::not_found("Note Not Found", 5001);
    return note;
}

Result<Reply> list_notes(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    Wire wire(request);
    json::array notes;
    auto of_incident = Query<IncidentNote>()
                           .where(&IncidentNote::incident, incident.id)
                           .order_by(&IncidentNote::id, Order::descending);
    for (const auto& note : request.tx().list(of_incident)) notes.emplace_back(note_object(wire, note));
    return ok(json::object{{"notes", std::move(notes)}});
}

Result<Reply> create_note(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto content, read_content(request));
    if (request.tx().count(Query<IncidentNote>().where(&IncidentNote::incident, incident.id)) >= notes_max)
        return errors::invalid_input("An incident may have at most 2000 notes");
    IncidentNote note;
    Act act{agent_of(requester.id), Channel::note, request.now};
    CHECK_OK(add_note(request.tx(), request.site.desk, incident.id, std::move(content), act, note));
    Wire wire(request);
    return ok(json::object{{"note", note_object(wire, note)}});
}

Result<Reply> update_note(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto note, note_of_path(request));
    TRY(auto content, read_content(request));
    note.content = std::move(content);
    request.tx().update(note);
    Wire wire(request);
    return ok(json::object{{"note", note_object(wire, note)}});
}

Result<Reply> delete_note(Request& request) {
    TRY(auto note, note_of_path(request));
    request.tx().erase<IncidentNote>(note.id);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/incidents/{id}/notes", "incidents.read", Need::view, list_notes, Reach::team},
    {Verb::post, "/incidents/{id}/notes", "incidents.write", Need::respond, create_note, Reach::team},
    {Verb::put, "/incidents/{id}/notes/{note_id}", "incidents.write", Need::respond, update_note, Reach::team},
    {Verb::del, "/incidents/{id}/notes/{note_id}", "incidents.write", Need::respond, delete_note, Reach::team},
};

}  // namespace

std::span<const Route> incident_note_routes() { return table; }

}  // namespace callboard::http
