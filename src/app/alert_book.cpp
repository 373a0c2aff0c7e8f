#include "app/alert_book.h"

#include <cstring>

namespace callboard {

const std::string& AlertBook::text_of(Key key) const {
    char scope[sizeof key.scope];
    std::memcpy(scope, &key.scope, sizeof scope);
    key_.assign(scope, sizeof scope);
    key_ += key.dedup_key;
    return key_;
}

const AlertBook::Entry* AlertBook::find(Key key) const {
    auto found = open_.find(text_of(key));
    return found == open_.end() ? nullptr : &found->second;
}

void AlertBook::put(Key key, Entry entry) {
    auto [found, added] = open_.try_emplace(text_of(key), entry);
    undo_.push_back({key_, added ? std::nullopt : std::optional{found->second}});
    found->second = entry;
}

void AlertBook::erase(Key key) {
    auto found = open_.find(text_of(key));
    if (found == open_.end()) return;
    undo_.push_back({key_, found->second});
    triggers_.erase(found->second.incident);
    open_.erase(found);
}

int& AlertBook::triggers_of(Tx& tx, IncidentId incident) {
    auto [found, added] = triggers_.try_emplace(incident);
    if (added) {
        auto triggers =
            Query<LogEntry>().where(&LogEntry::incident, incident).where(&LogEntry::type, LogEntryType::trigger);
        found->second = static_cast<int>(tx.count(triggers));
    }
    return found->second;
}

void AlertBook::load(Tx& tx) {
    open_.clear();
    undo_.clear();
    triggers_.clear();
    // Naming the time lets the index by time answer, which is a fraction of the table.
    auto open = Query<Alert>().at_least(&Alert::created_at, Timestamp{}).where(&Alert::status, AlertStatus::triggered);
    for (const auto& alert : tx.list(open))
        open_[text_of(book_key(alert))] = {alert.id, alert.incident.value_or(IncidentId{}), alert.severity};
    auto keyed =
        Query<Incident>().below(&Incident::status, IncidentStatus::resolved).is_not_null(&Incident::incident_key);
    for (const auto& incident : tx.list(keyed))
        if (auto key = book_key(incident)) open_[text_of(*key)] = {AlertId{}, incident.id, Severity::critical};
}

void AlertBook::undo_to(std::size_t mark) noexcept {
    // Counted again when asked for.
    triggers_.clear();
    while (undo_.size() > mark) {
        auto& last = undo_.back();
        if (last.before)
            open_[last.key] = *last.before;
        else
            open_.erase(last.key);
        undo_.pop_back();
    }
}

AlertBook::Key book_key(const Alert& alert) {
    auto scope = alert.integration     ? alert.integration->value
                 : alert.orchestration ? alert.orchestration->value
                                       : alert.service.value;
    return {scope, alert.alert_key};
}

std::optional<AlertBook::Key> book_key(const Incident& incident) {
    if (!incident.incident_key) return std::nullopt;
    return AlertBook::Key{incident.service.value, *incident.incident_key};
}

}  // namespace callboard
