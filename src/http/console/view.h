#pragma once
// What every page of the console is made from: the rows it shows, read in one snapshot, and how names, states, people
// and times look. The look is the product's: ink follows need, time is the left column, a sentence comes first.

#include "app/on_call.h"
#include "domain/calendar/zone.h"
#include "http/console/html.h"
#include "http/kit/permit.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard::http {

/// Shapes that stand beside words; never alone.
enum class Icon { triggered, acknowledged, resolved, snoozed, suppressed, maintenance, disabled, info, next, change };

Html icon(Icon which);

class View {
public:
    /// What is shown is what REST would show to the request's actor.
    explicit View(Request& request);

    Request& request;
    const Site& site;
    Tx& tx;
    Timestamp now;
    /// Who looks; absent for the demonstration's guests and for API keys.
    std::optional<User> viewer;
    /// Goes into every form; empty for those who have none.
    std::string form_token;

    /// The zone in which times are shown: the viewer's, else the account owner's.
    [[nodiscard]] const Zone& zone() const { return zone_; }

    /// Night is dark whatever the browser says: it says "light" when nobody chose.
    [[nodiscard]] bool is_night() const;

    template <class AnyId>
    [[nodiscard]] std::string id(AnyId value) const {
        return site.ids.text(value);
    }

    /// Whether the object exists for who looks.
    template <class T>
    [[nodiscard]] bool shows(const T& row) {
        return !sees_part_ || knows(request, row);
    }

    [[nodiscard]] bool shows(TeamId team);

    template <class T>
    void erase_hidden(std::vector<T>& rows) {
        if (sees_part_) std::erase_if(rows, [&](const T& row) { return !shows(row); });
    }

    /// The first of these that are shown. The query has no page of its own.
    std::vector<Incident> incidents(Query<Incident> query, std::size_t wanted);

    // Rows, also of what has been deleted since: history goes on naming them. Looked up once.
    const User* user(UserId id);
    const Service* service(ServiceId id);
    const EscalationPolicy* policy(EscalationPolicyId id);

    // Names that lead to the thing's own page; what is hidden from who looks has neither.
    Html user_link(UserId id);
    Html service_link(ServiceId id);
    Html policy_link(EscalationPolicyId id);
    Html schedule_link(ScheduleId id);
    Html team_link(TeamId id);
    /// "Ana Ruiz", "Ana Ruiz and Ben Okafor", "Nobody".
    Html people(const std::vector<UserId>& users);
    /// A person by name and link, a service's rules, or the integration an event came through.
    Html agent(const Agent& agent);

    /// "03:15" today, "Mon 20 Oct 03:15" otherwise, with UTC on hover and the instant for machines.
    [[nodiscard]] Html time(Timestamp t) const;
    /// The same with seconds, for timelines.
    [[nodiscard]] Html exact_time(Timestamp t) const;

    // Rows of lists.
    Html incident_row(const Incident& incident);
    Html person_row(UserId id, const Html& second_line);

private:
    template <class T>
    const T* remembered(std::unordered_map<decltype(T::id), std::optional<T>>& memory, decltype(T::id) id);
    [[nodiscard]] Html time_as(Timestamp t, std::string_view format) const;

    bool sees_part_;
    Zone zone_;
    std::unordered_map<UserId, std::optional<User>> users_;
    std::unordered_map<ServiceId, std::optional<Service>> services_;
    std::unordered_map<EscalationPolicyId, std::optional<EscalationPolicy>> policies_;
};

/// "40 s", "12 min", "3 h 10 min", "9 days".
std::string in_words(Duration length);

/// "09:30".
std::string wall_clock(Duration time_of_day);

/// Shape and word.
Html chip(const Incident& incident);
Html chip(ServiceStatus status);

/// A circle with initials in the person's own colour.
Html avatar(const User& user);

/// One line of a rail: time, mark, one plain sentence, the reason under it.
Html rail_entry(const Html& when, const Html& mark, const Html& sentence, const Html& reason = {});

/// A section under a hairline. `aside` stands beside the heading.
Html section(std::string_view heading, const Html& body, const Html& aside = {});

/// A definition list from names and values.
class Facts {
public:
    Facts& add(std::string_view name, const Html& value) {
        rows_.add("<dt>{}</dt><dd>{}</dd>", name, value);
        return *this;
    }

    [[nodiscard]] Html list() const { return html(R"(<dl class="facts">{}</dl>)", rows_); }

private:
    Html rows_;
};

/// A page before its frame.
struct Page {
    int status = 200;
    std::string title;
    Html main;
    /// Which place of the bar it belongs to: "incidents", "services", "people", "on-call".
    std::string_view place;
};

/// 404, in the console's words.
Page nothing_here();

/// The whole document around a page. `form_token` goes into the log-out form; empty leaves the form out.
std::string document(const View& view, const Page& page, std::string_view form_token);

/// The document of a page without a reader: log-in and failures.
enum class Theme { browsers_choice, night };
std::string bare_document(const Page& page, Theme theme);

}  // namespace callboard::http
