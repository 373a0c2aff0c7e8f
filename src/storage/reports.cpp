#include "storage/reports.h"

#include "storage/sql/codec.h"
#include "storage/unreadable.h"

#include <fmt/format.h>

namespace callboard {

namespace {

std::string figure_columns() {
    std::string out;
    IncidentFigure sample;
    for_each_member(sample, [&](std::string_view name, const auto&) {
        out += fmt::format("{}\"{}\"", out.empty() ? "" : ",", name);
    });
    return out;
}

}  // namespace

std::vector<IncidentFigure>
incidents_created(Tx& tx, Timestamp since, Timestamp until, const std::optional<std::vector<ServiceId>>& services) {
    if (services && services->empty()) return {};
    auto sql =
        fmt::format("SELECT {} FROM incidents WHERE id>=$1 AND created_at>=$2 AND created_at<$3", figure_columns());
    std::string list;
    for (std::size_t i = 0; services && i < services->size(); ++i) list += fmt::format("{}${}", i ? "," : "", i + 4);
    if (services) sql += " AND service IN (" + list + ")";
    auto& statement = tx.connection().prepared(sql + " ORDER BY id");
    sql::Binder binder(statement);
    binder.add(IdSource::first_of(since));
    binder.add(since);
    binder.add(until);
    if (services)
        for (auto service : *services) binder.add(service);
    std::vector<IncidentFigure> figures;
    while (statement.step()) {
        int column = 0;
        IncidentFigure figure;
        try {
            for_each_member(figure,
                            [&](std::string_view, auto& member) { sql::read_column(statement, column++, member); });
            figures.push_back(std::move(figure));
        } catch (const std::exception& problem) {
            report_unreadable("incidents", statement.integer(0), problem.what());
        }
    }
    statement.reset();
    return figures;
}

std::optional<std::string> kept_text_at(Tx& tx, Kind kind, std::int64_t id, Timestamp at) {
    static const sql::FixedSql sql("SELECT body FROM config_versions WHERE kind=$1 AND object_id=$2 AND valid_from<=$3 "
                                   "ORDER BY valid_from DESC LIMIT 1");
    auto& statement = tx.connection().prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, to_micros(at));
    std::optional<std::string> text;
    if (statement.step()) text = std::string{statement.text(0)};
    statement.reset();
    return text;
}

std::int64_t newest_incident_number(Tx& tx) {
    static const sql::FixedSql sql("SELECT max(incident_number) FROM incidents");
    auto& statement = tx.connection().prepared(sql);
    std::int64_t number = 0;
    while (statement.step()) number = statement.is_null(0) ? 0 : statement.integer(0);
    statement.reset();
    return number;
}

std::vector<LogFact> log_facts(Tx& tx, IncidentId incident) {
    static const sql::FixedSql sql(fmt::format("SELECT type,agent,channel,users,until,created_at FROM log_entries "
                                               "WHERE incident=$1 AND type<>{} ORDER BY id",
                                               static_cast<int>(LogEntryType::trigger)));
    auto& statement = tx.connection().prepared(sql);
    statement.bind(1, incident.value);
    std::vector<LogFact> facts;
    while (statement.step()) {
        auto& fact = facts.emplace_back();
        sql::read_column(statement, 0, fact.type);
        sql::read_column(statement, 1, fact.agent);
        sql::read_column(statement, 2, fact.channel);
        sql::read_column(statement, 3, fact.users);
        sql::read_column(statement, 4, fact.until);
        sql::read_column(statement, 5, fact.at);
    }
    statement.reset();
    return facts;
}

}  // namespace callboard
