#include "backstage/service_directory.h"

#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/parallel.h"
#include "base/log.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// REST: the largest page, and the end of classic pagination.
constexpr std::int64_t page_size = 100;
constexpr std::int64_t items_max = 10'000;
/// Lists kept: one per account and per person whose view of an account is their own.
constexpr std::size_t kept_max = 64;
constexpr Snapshot<ServiceList>::Ages far{minutes{5}, minutes{5}, days{1}};
constexpr Snapshot<ServiceList>::Ages near{hours{1}, seconds{2}, days{1}};

/// What is stored of a row, in this order, and then the keys of its integrations.
constexpr std::string ServiceRow::*row_members[] = {&ServiceRow::id,
                                                    &ServiceRow::name,
                                                    &ServiceRow::html_url,
                                                    &ServiceRow::status,
                                                    &ServiceRow::team_id,
                                                    &ServiceRow::team,
                                                    &ServiceRow::policy_id,
                                                    &ServiceRow::escalation_policy,
                                                    &ServiceRow::backstage_key,
                                                    &ServiceRow::last_incident_at};

std::string page_target(std::int64_t offset) {
    return fmt::format("/services?time_zone=UTC&include[]=integrations&include[]=escalation_policies&include[]=teams"
                       "&total=true&offset={}&limit={}",
                       offset,
                       page_size);
}

void index(ServiceList& list) {
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        const auto& row = list.rows[i];
        list.by_id.emplace(row.id, i);
        if (!row.backstage_key.empty()) list.by_key.emplace(row.backstage_key, i);
    }
}

/// The rows of a page, and the keys of all integrations in it.
void take_page(const json::value& body, std::string_view account, ServiceList& list) {
    for (const auto& service : list_at(body, "services")) {
        auto place = list.rows.size();
        list.rows.push_back(service_row(service, account));
        for (const auto& integration : list_at(service, "integrations")) {
            auto key = text_at(integration, "integration_key");
            if (!key.empty()) list.by_key.emplace(key, place);
        }
    }
}

Fetched<ServiceList> failed(const Reply& reply) {
    const auto& errors = list_at(reply.body, "errors");
    auto why = errors.empty() || !errors[0].is_string() ? std::string{"The services could not be listed."}
                                                        : std::string{view_of(errors[0].get_string())};
    return {{}, {}, reply.status, std::move(why)};
}

std::string list_name(const Account& account) { return "services of " + account.id; }

/// For the next start.
void store_list(Call& call, const Account& account, const ServiceList& list, Timestamp as_of) {
    if (account.upstream->near()) return;
    std::unordered_map<std::size_t, json::array> keys;
    for (const auto& [key, place] : list.by_key) keys[place].emplace_back(key);
    // Row by row: thousands of them as values beside their text are megabytes for nothing.
    std::string text = "[";
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        json::array row;
        for (auto member : row_members) row.emplace_back(list.rows[i].*member);
        row.emplace_back(std::move(keys[i]));
        if (i > 0) text += ',';
        text += json::serialize(row);
    }
    text += ']';
    call.room.store.keep_list(list_name(account), {account.source, as_of, std::move(text)});
}

/// Null when another version wrote it.
std::shared_ptr<const ServiceList> read_list(const std::string& text, const std::string& account) {
    boost::system::error_code failed;
    auto stored = json::parse(text, failed);
    const auto* rows = failed ? nullptr : stored.if_array();
    if (!rows) return nullptr;
    auto list = std::make_shared<ServiceList>();
    for (const auto& value : *rows) {
        const auto* row = value.if_array();
        if (!row || row->size() != std::size(row_members) + 1 || !row->back().is_array()) return nullptr;
        ServiceRow service;
        service.account = account;
        for (std::size_t i = 0; i < std::size(row_members); ++i) {
            if (!(*row)[i].is_string()) return nullptr;
            service.*row_members[i] = view_of((*row)[i].get_string());
        }
        for (const auto& key : row->back().get_array())
            if (key.is_string()) list->by_key.emplace(view_of(key.get_string()), list->rows.size());
        list->rows.push_back(std::move(service));
    }
    index(*list);
    return list;
}

/// What a page says, without the page: a list of thousands is not to be in memory as documents.
struct PageOfServices {
    ServiceList services;
    std::optional<Reply> failure;
    Timestamp as_of;
};

PageOfServices read_page(const Answer& page, const Account& account) {
    PageOfServices read;
    read.failure = failure_of(page, operations::get_services, "services");
    read.as_of = page.as_of;
    if (!read.failure) take_page(page.body, account.id, read.services);
    return read;
}

/// Puts `part` behind what is there.
void append(ServiceList& list, ServiceList part) {
    auto begin = list.rows.size();
    for (auto& row : part.rows) list.rows.push_back(std::move(row));
    for (const auto& [key, place] : part.by_key) list.by_key.emplace(key, begin + place);
}

/// The first page says how many there are; the others are asked for together.
Fetched<ServiceList> fetch(Call& call, const Account& account, Deadline deadline) {
    auto ask = [&](std::int64_t offset) {
        auto question = call.question("GET", page_target(offset));
        question.deadline = deadline;
        return account.upstream->call(question);
    };
    std::vector<PageOfServices> pages(1);
    {
        auto first = ask(0);
        pages.front() = read_page(first, account);
        if (pages.front().failure) return failed(*pages.front().failure);
        auto total = std::min(number_at(first.body, "total").value_or(0), items_max);
        if (total == items_max)
            log::warn("backstage.list_cut", {{"list", "services"}, {"at", std::to_string(items_max)}});
        pages.resize(static_cast<std::size_t>(std::max<std::int64_t>((total + page_size - 1) / page_size, 1)));
    }
    std::vector<std::function<void()>> jobs;
    for (std::size_t i = 1; i < pages.size(); ++i)
        jobs.emplace_back([&, i] { pages[i] = read_page(ask(static_cast<std::int64_t>(i) * page_size), account); });
    call.room.parallel.run(std::move(jobs));
    auto list = std::make_shared<ServiceList>();
    auto as_of = call.now;
    for (auto& page : pages) {
        if (page.failure) return failed(*page.failure);
        append(*list, std::move(page.services));
        as_of = std::min(as_of, page.as_of);
    }
    index(*list);
    store_list(call, account, *list, as_of);
    return {std::move(list), as_of};
}

}  // namespace

ServiceRow service_row(const json::value& service, std::string_view account) {
    ServiceRow row;
    row.id = text_at(service, "id");
    row.name = name_of(service);
    row.html_url = text_at(service, "html_url");
    row.status = text_at(service, "status");
    const auto& teams = list_at(service, "teams");
    if (!teams.empty()) {
        row.team_id = text_at(teams.front(), "id");
        row.team = name_of(teams.front());
    }
    row.policy_id = text_at(service, {"escalation_policy", "id"});
    if (const auto* policy = member(service, {"escalation_policy"})) row.escalation_policy = name_of(*policy);
    row.last_incident_at = text_at(service, "last_incident_timestamp");
    row.account = account;
    for (const auto& integration : list_at(service, "integrations"))
        if (text_at(integration, {"vendor", "id"}) == backstage_vendor && row.backstage_key.empty())
            row.backstage_key = text_at(integration, "integration_key");
    return row;
}

const ServiceRow* ServiceList::with_id(const std::string& id) const {
    auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &rows[found->second];
}

const ServiceRow* ServiceList::with_id(const std::string& id, std::string_view account) const {
    const auto* row = with_id(id);
    if (!row || row->account == account) return row;
    // Two accounts of different makers may use the same id.
    auto other = std::ranges::find_if(rows, [&](const auto& one) { return one.id == id && one.account == account; });
    return other == rows.end() ? nullptr : &*other;
}

const ServiceRow* ServiceList::with_key(const std::string& key) const {
    auto found = by_key.find(key);
    return found == by_key.end() ? nullptr : &rows[found->second];
}

const ServiceRow* KnownServices::with_id(const std::string& id) const {
    for (const auto& list : lists)
        if (const auto* row = list->with_id(id)) return row;
    return nullptr;
}

const ServiceRow* KnownServices::with_key(const std::string& key) const {
    for (const auto& list : lists)
        if (const auto* row = list->with_key(key)) return row;
    return nullptr;
}

std::shared_ptr<Directory::Kept> Directory::kept(Call& call, const Account& account) {
    auto view = call.caller.identity ? call.caller.identity->view() : std::string{};
    std::lock_guard lock(mutex_);
    if (kept_.size() >= kept_max) kept_.clear();
    auto& kept = kept_[account.id + "\n" + view];
    if (kept) return kept;
    kept = std::make_shared<Kept>();
    if (account.upstream->near()) return kept;
    if (auto stored = call.room.store.kept_list(list_name(account), account.source))
        if (auto list = read_list(stored->text, account.id)) kept->begin_with(std::move(list), stored->as_of);
    return kept;
}

Directory::Found Directory::services(Call& call, const Account& account) {
    auto changes = account.upstream->changes();
    // The call may be over before the answer comes.
    auto fetch_list = [own = std::make_shared<Call>(call), &account](Deadline deadline) {
        return fetch(*own, account, deadline);
    };
    auto later = [&](std::function<void()> job) { return call.room.parallel.later(std::move(job)); };
    auto found = kept(call, account)
                     ->get(call.now, call.deadline, account.upstream->near() ? near : far, changes, fetch_list, later);
    if (!found.value) return {{}, refused(found.status, found.why)};
    call.read_at(found.as_of);
    return {std::move(found.value), std::nullopt};
}

Directory::Found Directory::services_of_all(Call& call) {
    auto accounts = call.room.accounts.all();
    if (accounts.size() == 1) return services(call, accounts.front());
    std::vector<std::shared_ptr<const ServiceList>> lists(accounts.size());
    auto ask = [&](Call& own, const Account& account, std::size_t place) {
        auto found = services(own, account);
        lists[place] = std::move(found.list);
        return std::move(found.failure);
    };
    if (auto failure = ask_each_account(call, ask)) return {{}, std::move(failure)};
    auto all = std::make_shared<ServiceList>();
    for (const auto& list : lists) {
        if (!list) continue;
        auto begin = all->rows.size();
        all->rows.insert(all->rows.end(), list->rows.begin(), list->rows.end());
        for (const auto& [id, place] : list->by_id) all->by_id.emplace(id, begin + place);
        for (const auto& [key, place] : list->by_key) all->by_key.emplace(key, begin + place);
    }
    return {std::move(all), std::nullopt};
}

KnownServices Directory::known(Call& call) {
    KnownServices known;
    for (const auto& account : call.room.accounts.all())
        if (auto last = kept(call, account)->last(); last.value) {
            call.read_at(last.as_of);
            known.lists.push_back(std::move(last.value));
        }
    return known;
}

void Directory::outdate(const Account& account) {
    std::lock_guard lock(mutex_);
    for (auto& [name, kept] : kept_)
        if (name.starts_with(account.id + "\n")) kept->outdate();
}

}  // namespace callboard::backstage
