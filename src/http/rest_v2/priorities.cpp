// REST "Priorities". They are the account's and only read here.

#include "domain/account/priority.h"
#include "domain/service/impact.h"
#include "http/kit/page.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

Result<Reply> list_priorities(Request& request) {
    Wire wire(request);
    auto highest_first = Query<Priority>().order_by(&Priority::rank);
    return page_of(request, "priorities", std::move(highest_first), [&](const Priority& priority) {
        return priority_object(wire, priority);
    });
}

constexpr Route table[] = {
    {Verb::get, "/priorities", "priorities.read", Need::view, list_priorities},
};

}  // namespace

json::object priority_object(Wire& wire, const Priority& priority) {
    auto id = wire.id(priority.id);
    auto out = wire.head(id, "priority", priority.name, "/priorities/" + id, "");
    out["name"] = priority.name;
    out["description"] = priority.description;
    out["color"] = priority.color;
    out["order"] = order_of_rank(priority.rank);
    return out;
}

std::span<const Route> priority_routes() { return table; }

}  // namespace callboard::http
