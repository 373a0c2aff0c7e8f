#include "backstage/catalog.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// "P1, P2" as "P1" and "P2"; empty ones are left out.
std::vector<std::string> texts_between_commas(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        auto end = std::min(text.find(','), text.size());
        auto part = text.substr(0, end);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) out.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace

std::string entity_ref(std::string_view kind, std::string_view name_space, std::string_view name) {
    auto ref = fmt::format("{}:{}/{}", kind, name_space, name);
    // What a reference may consist of is ASCII.
    std::ranges::transform(ref, ref.begin(), lower);
    return ref;
}

std::string whole_ref(std::string_view written, std::string_view default_namespace) {
    auto colon = written.find(':');
    if (colon == std::string_view::npos) return {};
    auto kind = written.substr(0, colon);
    auto rest = written.substr(colon + 1);
    auto slash = rest.find('/');
    auto name_space = slash == std::string_view::npos ? default_namespace : rest.substr(0, slash);
    auto name = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    if (kind.empty() || name_space.empty() || name.empty()) return {};
    return entity_ref(kind, name_space, name);
}

Entity entity_of(const json::value& raw) {
    Entity entity;
    auto annotation = [&](std::string_view name) { return text_at(raw, {"metadata", "annotations", name}); };
    entity.kind = text_at(raw, "kind");
    entity.namespace_ = text_at(raw, {"metadata", "namespace"});
    if (entity.namespace_.empty()) entity.namespace_ = "default";
    entity.name = text_at(raw, {"metadata", "name"});
    entity.ref = entity_ref(entity.kind, entity.namespace_, entity.name);
    entity.uid = text_at(raw, {"metadata", "uid"});
    entity.title = text_at(raw, {"metadata", "title"});
    entity.owner = text_at(raw, {"spec", "owner"});
    entity.system = text_at(raw, {"spec", "system"});
    entity.lifecycle = text_at(raw, {"spec", "lifecycle"});
    // It may name several services, with commas between them; the first stands for all in the table of mappings.
    auto services = texts_between_commas(annotation("pagerduty.com/service-id"));
    if (!services.empty()) {
        entity.service_id = services.front();
        entity.more_service_ids.assign(services.begin() + 1, services.end());
    }
    entity.file_service_id = annotation(file_service_annotation);
    entity.integration_key = annotation("pagerduty.com/integration-key");
    entity.account = annotation("pagerduty.com/account");
    if (annotation(replaced_annotation).empty()) {
        entity.depends_on.emplace();
        for (const auto& one : list_at(raw, {"spec", "dependsOn"}))
            if (one.is_string())
                if (auto ref = whole_ref(view_of(one.get_string()), entity.namespace_); !ref.empty())
                    entity.depends_on->push_back(std::move(ref));
    }
    return entity;
}

json::value raw_of(const Entity& entity) {
    auto services = entity.service_id;
    for (const auto& more : entity.more_service_ids) services += "," + more;
    json::object annotations{{"pagerduty.com/service-id", services},
                             {file_service_annotation, entity.file_service_id},
                             {"pagerduty.com/integration-key", entity.integration_key},
                             {"pagerduty.com/account", entity.account}};
    json::object spec{{"owner", entity.owner}, {"system", entity.system}, {"lifecycle", entity.lifecycle}};
    if (entity.depends_on)
        spec["dependsOn"] = json::array(entity.depends_on->begin(), entity.depends_on->end());
    else
        annotations[replaced_annotation] = "pagerduty";
    return json::object{{"kind", entity.kind},
                        {"metadata",
                         json::object{{"name", entity.name},
                                      {"namespace", entity.namespace_},
                                      {"uid", entity.uid},
                                      {"title", entity.title},
                                      {"annotations", std::move(annotations)}}},
                        {"spec", std::move(spec)}};
}

}  // namespace callboard::backstage
