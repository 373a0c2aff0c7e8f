// REST "Incidents": asking people and policies to help, taking that back, and, ours, answering.

#include "app/responders.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/responders.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

std::string_view reference_type(ResponderTargetType type) {
    return type == ResponderTargetType::user ? "user_reference" : "escalation_policy_reference";
}

/// An incident's responders and requests, read once.
class ResponderWriter {
public:
    ResponderWriter(Wire& wire, const Incident& incident)
        : wire_(wire), responders_(wire.tx().list(
                           Query<Responder>().where(&Responder::incident, incident.id).order_by(&Responder::id))),
          targets_(wire.tx().list(
              Query<ResponderTarget>().where(&ResponderTarget::incident, incident.id).order_by(&ResponderTarget::id))) {
    }

    json::array responders() {
        json::array out;
        for (const auto& row : responders_) out.emplace_back(responder(row));
        return out;
    }

    json::object responder(const Responder& row) {
        json::object out;
        out["state"] = text_of(row.state);
        out["user"] = wire_.user_ref(row.user);
        out["incident"] = wire_.incident_ref(row.incident);
        out["updated_at"] = wire_.time(row.updated_at);
        out["message"] = row.message;
        out["requester"] = wire_.user_ref(row.requester);
        out["requested_at"] = wire_.time(row.requested_at);
        json::array policies;
        for (const auto& target : targets_) {
            if (target.type != ResponderTargetType::escalation_policy || !came_by(row, target)) continue;
            if (const auto* policy = wire_.policy(EscalationPolicyId{target.target}))
                policies.emplace_back(policy->name);
        }
        out["escalation_policy_requests"] = std::move(policies);
        return out;
    }

    json::object request(const ResponderRequest& row) {
        json::object out;
        out["id"] = wire_.id(row.id);
        out["incident"] = wire_.incident_ref(row.incident);
        out["requester"] = wire_.user_ref(row.requester);
        out["requested_at"] = wire_.time(row.created_at);
        out["message"] = row.message;
        json::array targets;
        for (const auto& target : targets_)
            if (target.request == row.id)
                targets.emplace_back(json::object{{"responder_request_target", target_object(target)}});
        out["responder_request_targets"] = std::move(targets);
        return out;
    }

private:
    static bool came_by(const Responder& row, const ResponderTarget& target) {
        return std::ranges::find(row.targets, target.id) != row.targets.end();
    }

    json::object target_object(const ResponderTarget& target) {
        bool is_user = target.type == ResponderTargetType::user;
        auto out =
            is_user ? wire_.user_ref(UserId{target.target}) : wire_.policy_ref(EscalationPolicyId{target.target});
        json::array asked;
        for (const auto& row : responders_)
            if (came_by(row, target)) asked.emplace_back(responder(row));
        out["incidents_responders"] = std::move(asked);
        return out;
    }

    Wire& wire_;
    std::vector<Responder> responders_;
    std::vector<ResponderTarget> targets_;
};

/// Who asks: named in the body. Nobody asks in the name of somebody else.
std::optional<UserId> read_requester(Fields& fields) {
    auto& request = fields.request();
    std::string id;
    if (!fields.text("requester_id", id, {.required = true})) return std::nullopt;
    auto user = request.site.ids.parse<UserId>(id);
    if (!user || !request.tx().find<User>(*user)) {
        fields.problem("requester_id", "not found");
        return std::nullopt;
    }
    if (request.actor.user && request.actor.user->id != *user) {
        fields.problem("requester_id", "must be the user whose key this is");
        return std::nullopt;
    }
    return user;
}

/// {"type","id"}; absent with a problem when it is nobody.
std::optional<AskedTarget> read_target(Fields& fields) {
    auto& request = fields.request();
    std::string type;
    std::string id;
    fields.text("type", type, {.required = true});
    if (!fields.text("id", id, {.required = true}) || type.empty()) return std::nullopt;
    if (type == "user_reference" || type == "user") {
        auto user = request.site.ids.parse<UserId>(id);
        return AskedTarget{ResponderTargetType::user, user.value_or(UserId{}).value};
    }
    if (type == "escalation_policy_reference" || type == "escalation_policy") {
        auto policy = request.site.ids.parse<EscalationPolicyId>(id);
        return AskedTarget{ResponderTargetType::escalation_policy, policy.value_or(EscalationPolicyId{}).value};
    }
    fields.problem("type", "must be one of: user_reference, escalation_policy_reference");
    return std::nullopt;
}

bool exists(Request& request, const AskedTarget& target) {
    if (target.type == ResponderTargetType::user) return request.tx().find<User>(UserId{target.target}).has_value();
    auto policy = request.tx().find<EscalationPolicy>(EscalationPolicyId{target.target});
    return policy && knows(request, *policy);
}

/// Each target once, in the order of the body. In a request they are wrapped, to take it back they are not; both are
/// understood in both places.
std::vector<AskedTarget> read_targets(Fields& fields) {
    std::vector<AskedTarget> targets;
    for (auto& element : fields.elements("responder_request_targets", true)) {
        auto inner = element.nested("responder_request_target");
        auto& members = inner ? *inner : element;
        auto target = read_target(members);
        fields.adopt(members);
        if (target && std::ranges::find(targets, *target) == targets.end()) targets.push_back(*target);
    }
    const auto* sent = fields.raw("responder_request_targets");
    if (sent && sent->is_array() && sent->get_array().empty())
        fields.problem("responder_request_targets", "can't be blank");
    if (targets.size() > responder_targets_max) fields.problem("responder_request_targets", "may hold at most 100");
    return targets;
}

Act act_of(const Request& request, UserId requester) {
    return {
        agent_of(requester), request.actor.kind == Actor::Kind::session ? Channel::website : Channel::api, request.now};
}

Result<Reply> create_request(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    NewResponderRequest input;
    input.incident = incident.id;
    input.requester = read_requester(fields).value_or(UserId{});
    fields.text("message", input.message, {.required = true, .max = responder_message_max});
    input.targets = read_targets(fields);
    if (!std::ranges::all_of(input.targets, [&](const AskedTarget& target) { return exists(request, target); }))
        fields.problem("responder_request_targets", "not found");
    for (const auto& target : input.targets)
        if (target.type == ResponderTargetType::user)
            refuse_stakeholder(fields, "responder_request_targets", UserId{target.target});
    CHECK_OK(fields.check());
    auto act = act_of(request, input.requester);
    TRY(auto made, request_responders(request.tx(), request.site.desk, std::move(input), act));
    Wire wire(request);
    return ok(json::object{{"responder_request", ResponderWriter(wire, incident).request(made)}});
}

Result<Reply> cancel_requests(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    auto requester = read_requester(fields).value_or(UserId{});
    auto targets = read_targets(fields);
    CHECK_OK(fields.check());
    TRY(auto results,
        cancel_responders(request.tx(), request.site.desk, incident.id, targets, act_of(request, requester)));
    Wire wire(request);
    json::array out;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        auto is_user = targets[i].type == ResponderTargetType::user;
        auto target =
            is_user ? wire.user_ref(UserId{targets[i].target}) : wire.policy_ref(EscalationPolicyId{targets[i].target});
        target["type"] = reference_type(targets[i].type);
        target["result"] = text_of(results[i]);
        out.emplace_back(std::move(target));
    }
    return ok(json::object{{"responder_request_targets", std::move(out)}});
}

/// Ours: the person in From, or behind the key, answers for themselves.
Result<Reply> reply_to(Request& request) {
    TRY(auto user, request.requester());
    auto absent = errors::not_found("Incident Not Found", 5001);
    TRY(auto incident, request.path_row<Incident>("id", absent));
    CHECK_OK(permit_incident(request, incident, absent));
    TRY(auto fields, Fields::of(request, "responder_reply"));
    ResponderReply reply{};
    if (!fields.sent("state")) fields.problem("state", "can't be blank");
    fields.choice("state", reply);
    CHECK_OK(fields.check());
    TRY(auto row,
        reply_to_request(request.tx(), request.site.desk, incident.id, user.id, reply, act_of(request, user.id)));
    Wire wire(request);
    return ok(json::object{{"incidents_responder", ResponderWriter(wire, incident).responder(row)}});
}

constexpr Route table[] = {
    {Verb::post, "/incidents/{id}/responder_requests", "incidents.write", Need::respond, create_request, Reach::team},
    {Verb::put,
     "/incidents/{id}/responder_requests/cancel",
     "incidents.write",
     Need::respond,
     cancel_requests,
     Reach::team},
    {Verb::put, "/incidents/{id}/responder_requests/reply", "incidents.write", Need::respond, reply_to, Reach::team},
};

}  // namespace

void write_responders(Wire& wire, const Incident& incident, json::object& out) {
    json::array requests;
    if (!incident.help_asked) {
        out["incidents_responders"] = json::array{};
        out["responder_requests"] = std::move(requests);
        return;
    }
    ResponderWriter writer(wire, incident);
    out["incidents_responders"] = writer.responders();
    for (const auto& row : wire.tx().list(
             Query<ResponderRequest>().where(&ResponderRequest::incident, incident.id).order_by(&ResponderRequest::id)))
        requests.emplace_back(writer.request(row));
    out["responder_requests"] = std::move(requests);
}

std::span<const Route> responder_request_routes() { return table; }

}  // namespace callboard::http
