// REST "Tags": words on users, teams and escalation policies.

#include "domain/account/tag.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

Error tag_not_found() { return errors::not_found("Tag Not Found", 5001); }

/// What a tag may be on.
struct Tagged {
    TaggedType type = TaggedType::users;
    std::int64_t object = 0;
};

json::object tag_object(Wire& wire, const Tag& tag) {
    auto id = wire.id(tag.id);
    auto out = wire.head(id, "tag", tag.label, "/tags/" + id, "");
    out["label"] = tag.label;
    return out;
}

Result<TaggedType> type_of_path(const Request& request) {
    auto type = parse_enum<TaggedType>(request.parameter("entity_type"));
    if (!type) return errors::not_found();
    return *type;
}

/// The object of the path, when the requester may do with it what the route needs.
Result<Tagged> tagged_of_path(Request& request) {
    TRY(auto type, type_of_path(request));
    switch (type) {
    case TaggedType::users: {
        TRY(auto user, request.path_row<User>("id", user_not_found()));
        CHECK_OK(permit(request, {}));
        return Tagged{type, user.id.value};
    }
    case TaggedType::teams: {
        TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
        return Tagged{type, team.id.value};
    }
    case TaggedType::escalation_policies: break;
    }
    TRY(auto policy,
        permitted_row<EscalationPolicy>(request, "id", errors::not_found("Escalation Policy Not Found", 5001)));
    return Tagged{type, policy.id.value};
}

Query<Tagging> taggings_of(const Tagged& tagged) {
    return Query<Tagging>().where(&Tagging::object, tagged.object).where(&Tagging::type, tagged.type);
}

std::optional<Tagging> tagging_of(Tx& tx, const Tagged& tagged, TagId tag) {
    return tx.first(taggings_of(tagged).where(&Tagging::tag, tag));
}

/// Error: there are too many.
Result<Tag> make_tag(Tx& tx, std::string label) {
    if (tx.count(Query<Tag>()) >= tags_max)
        return errors::invalid_input(fmt::format("An account may have at most {} tags", tags_max));
    Tag tag{tx.new_id<TagId>(), std::move(label), tx.now()};
    tx.insert(tag);
    return tag;
}

Result<Reply> list_tags(Request& request) {
    Wire wire(request);
    auto query = Query<Tag>().order_by(&Tag::label);
    if (auto text = request.query.text("query")) query.contains(*text, &Tag::label);
    return page_of(request, "tags", std::move(query), [&](const Tag& tag) { return tag_object(wire, tag); });
}

Result<Reply> create_tag(Request& request) {
    TRY(auto fields, Fields::of(request, "tag"));
    Tag wanted;
    fields.text("label", wanted.label, {.required = true, .max = tag_label_max});
    fields.unique("label", wanted, &Tag::label);
    CHECK_OK(fields.check());
    TRY(auto tag, make_tag(request.tx(), std::move(wanted.label)));
    Wire wire(request);
    return created(json::object{{"tag", tag_object(wire, tag)}});
}

Result<Reply> get_tag(Request& request) {
    TRY(auto tag, request.path_row<Tag>("id", tag_not_found()));
    Wire wire(request);
    return ok(json::object{{"tag", tag_object(wire, tag)}});
}

Result<Reply> delete_tag(Request& request) {
    TRY(auto tag, request.path_row<Tag>("id", tag_not_found()));
    for (const auto& row : request.tx().list(Query<Tagging>().where(&Tagging::tag, tag.id)))
        request.tx().erase<Tagging>(row.id);
    request.tx().erase<Tag>(tag.id);
    return no_content();
}

/// Absent for what was deleted or is hidden from the requester.
std::optional<json::object> tagged_ref(Wire& wire, const Tagging& row) {
    switch (row.type) {
    case TaggedType::users:
        if (wire.tx().find<User>(UserId{row.object})) return wire.user_ref(UserId{row.object});
        break;
    case TaggedType::teams: {
        auto team = wire.tx().find<Team>(TeamId{row.object});
        if (team && sees(wire.request, *team)) return wire.team_ref(team->id);
        break;
    }
    case TaggedType::escalation_policies: {
        auto policy = wire.tx().find<EscalationPolicy>(EscalationPolicyId{row.object});
        if (policy && sees(wire.request, *policy)) return wire.policy_ref(policy->id);
        break;
    }
    }
    return std::nullopt;
}

/// GET /tags/{id}/{entity_type}: what has the tag.
Result<Reply> list_tagged(Request& request) {
    TRY(auto type, type_of_path(request));
    TRY(auto tag, request.path_row<Tag>("id", tag_not_found()));
    Wire wire(request);
    std::vector<json::object> found;
    auto query = Query<Tagging>().where(&Tagging::tag, tag.id).where(&Tagging::type, type).order_by(&Tagging::object);
    for (const auto& row : request.tx().list(query))
        if (auto ref = tagged_ref(wire, row)) found.push_back(std::move(*ref));
    request.permission_asked = true;
    return page_of(request, text_of(type), found, [](const json::object& ref) { return ref; });
}

Result<Reply> list_tags_of(Request& request) {
    TRY(auto tagged, tagged_of_path(request));
    std::vector<Tag> tags;
    for (const auto& row : request.tx().list(taggings_of(tagged)))
        if (auto tag = request.tx().find<Tag>(row.tag)) tags.push_back(std::move(*tag));
    std::ranges::sort(tags, {}, &Tag::label);
    Wire wire(request);
    return page_of(request, "tags", tags, [&](const Tag& tag) { return tag_object(wire, tag); });
}

/// A tag by its id, or by its label, which is made where there is none.
Result<std::optional<TagId>> tag_to_add(Fields& element) {
    auto& request = element.request();
    std::string type = "tag_reference";
    element.text("type", type);
    if (type == "tag") {
        std::string label;
        if (!element.text("label", label, {.required = true, .max = tag_label_max})) return std::optional<TagId>{};
        if (auto known = request.tx().first(Query<Tag>().where_same_text(&Tag::label, label)))
            return std::optional{known->id};
        TRY(auto tag, make_tag(request.tx(), std::move(label)));
        return std::optional{tag.id};
    }
    if (type != "tag_reference") element.problem("type", "must be tag or tag_reference");
    std::string text;
    if (!element.text("id", text, {.required = true})) return std::optional<TagId>{};
    auto id = request.site.ids.parse<TagId>(text);
    if (id && request.tx().find<Tag>(*id)) return std::optional{*id};
    element.problem("id", "was not found");
    return std::optional<TagId>{};
}

/// What there is already, or not any more, is fine.
Result<Reply> change_tags(Request& request) {
    TRY(auto tagged, tagged_of_path(request));
    TRY(auto fields, Fields::of(request, ""));
    auto& tx = request.tx();
    for (auto& element : fields.elements("add")) {
        TRY(auto tag, tag_to_add(element));
        fields.adopt(element);
        if (tag && !tagging_of(tx, tagged, *tag))
            tx.insert(Tagging{tx.new_id<TaggingId>(), *tag, tagged.type, tagged.object});
    }
    for (auto& element : fields.elements("remove")) {
        std::string text;
        element.text("id", text, {.required = true});
        fields.adopt(element);
        auto id = request.site.ids.parse<TagId>(text);
        auto row = id ? tagging_of(tx, tagged, *id) : std::nullopt;
        if (row) tx.erase<Tagging>(row->id);
    }
    if (tx.count(taggings_of(tagged)) > tags_per_object_max)
        fields.problem("add", fmt::format("would make more than {} tags", tags_per_object_max));
    CHECK_OK(fields.check());
    return ok(json::object{});
}

constexpr Route table[] = {
    {Verb::get, "/tags", "tags.read", Need::view, list_tags},
    {Verb::post, "/tags", "tags.write", Need::manage, create_tag},
    {Verb::get, "/tags/{id}", "tags.read", Need::view, get_tag},
    {Verb::del, "/tags/{id}", "tags.write", Need::manage, delete_tag},
    {Verb::get, "/tags/{id}/{entity_type}", "tags.read", Need::view, list_tagged, Reach::team},
    {Verb::post, "/{entity_type}/{id}/change_tags", "tags.write", Need::manage, change_tags, Reach::team},
    {Verb::get, "/{entity_type}/{id}/tags", "tags.read", Need::view, list_tags_of, Reach::team},
};

}  // namespace

std::span<const Route> tag_routes() { return table; }

}  // namespace callboard::http
