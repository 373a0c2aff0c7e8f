// REST "Licenses". Nothing is sold here: one license without end covers every role. Terraform reads it with every
// user, and picks one by name when it makes a user.

#include "http/kit/page.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr auto license_name = "Callboard";

/// Every role that can be given; the owner's is given to nobody.
json::array valid_roles() {
    json::array roles;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Role>>([&](auto role) {
        if (role.value != Role::owner) roles.emplace_back(text_of(role.value));
    });
    return roles;
}

json::object license_object(Wire& wire) {
    auto out = wire.head(license_id(wire.request.site), "license", license_name, "", "");
    out["name"] = license_name;
    out["description"] = "Covers every user and every role.";
    out["valid_roles"] = valid_roles();
    out["role_group"] = "FullUser";
    return out;
}

Result<Reply> list_licenses(Request& request) {
    Wire wire(request);
    auto license = license_object(wire);
    license["current_value"] = request.tx().count(Query<User>());
    license["allocations_available"] = nullptr;
    json::array out;
    out.emplace_back(std::move(license));
    return ok(json::object{{"licenses", std::move(out)}});
}

Result<Reply> list_allocations(Request& request) {
    Wire wire(request);
    auto write = [&](const User& user) {
        json::object out;
        out["user"] = wire.user_ref(user.id);
        out["license"] = license_object(wire);
        out["allocated_at"] = wire.time(user.created_at);
        return out;
    };
    return page_of(request, "license_allocations", Query<User>(), write);
}

Result<Reply> get_license_of_user(Request& request) {
    CHECK_OK(person_of_path(request, Need::view));
    Wire wire(request);
    return ok(json::object{{"license", license_object(wire)}});
}

constexpr Route table[] = {
    {Verb::get, "/licenses", "licenses.read", Need::view, list_licenses},
    {Verb::get, "/license_allocations", "licenses.read", Need::view, list_allocations},
    // Everybody may read their own; the handler asks about others'.
    {Verb::get, "/users/{id}/license", "licenses.read", Need::anyone, get_license_of_user},
};

}  // namespace

std::string license_id(const Site& site) { return site.ids.text(Kind::license, 1); }

std::span<const Route> license_routes() { return table; }

}  // namespace callboard::http
