// REST "Vendors". `query` is not in the documentation, but Terraform sends it.

#include "domain/service/vendor.h"
#include "http/kit/page.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

json::object vendor_object(const Request& request, const Vendor& vendor) {
    json::object out;
    out["id"] = vendor.id;
    out["type"] = "vendor";
    out["summary"] = vendor.name;
    out["self"] = request.site.api("/vendors/" + std::string{vendor.id});
    out["html_url"] = nullptr;
    out["name"] = vendor.name;
    out["website_url"] = nullptr;
    out["logo_url"] = nullptr;
    out["thumbnail_url"] = nullptr;
    out["description"] = vendor.description;
    out["integration_guide_url"] = nullptr;
    out["generic_service_type"] = text_of(vendor.type);
    return out;
}

Result<Reply> list_vendors(Request& request) {
    auto query = lower(request.query.text("query").value_or(""));
    std::vector<Vendor> found;
    for (const auto& vendor : vendors())
        if (lower(vendor.name).find(query) != std::string::npos) found.push_back(vendor);
    return page_of(request, "vendors", found, [&](const Vendor& v) { return vendor_object(request, v); });
}

Result<Reply> get_vendor(Request& request) {
    const auto* vendor = vendor_by_id(request.parameter("id"));
    if (!vendor) return errors::not_found("Vendor Not Found", 5001);
    return ok(json::object{{"vendor", vendor_object(request, *vendor)}});
}

constexpr Route table[] = {
    {Verb::get, "/vendors", "vendors.read", Need::anyone, list_vendors},
    {Verb::get, "/vendors/{id}", "vendors.read", Need::anyone, get_vendor},
};

}  // namespace

std::span<const Route> vendor_routes() { return table; }

}  // namespace callboard::http
