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

void AlertBook::remember(const std::string& key) {
    auto found = open_.find(key);
    undo_.push_back({key, found == open_.end() ? std::nullopt : std::optional{found->second}});
}

void AlertBook::put(Key key, Entry entry) {
    remember(text_of(key));
    open_[key_] = entry;
}

void AlertBook::erase(Key key) {
    remember(text_of(key));
    open_.erase(key_);
}

void AlertBook::load(Tx& tx) {
    open_.clear();
    undo_.clear();
    for (const auto& alert : tx.list(Query<Alert>().where(&Alert::status, AlertStatus::triggered)))
        open_[text_of(book_key(alert))] = {alert.id, alert.incident.value_or(IncidentId{}), alert.severity};
    auto keyed =
        Query<Incident>().below(&Incident::status, IncidentStatus::resolved).is_not_null(&Incident::incident_key);
    for (const auto& incident : tx.list(keyed))
        if (auto key = book_key(incident)) open_[text_of(*key)] = {AlertId{}, incident.id, Severity::critical};
}

void AlertBook::undo_to(std::size_t mark) noexcept {
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
    return {alert.integration ? alert.integration->value : alert.service.value, alert.alert_key};
}

std::optional<AlertBook::Key> book_key(const Incident& incident) {
    if (!incident.incident_key) return std::nullopt;
    return AlertBook::Key{incident.service.value, *incident.incident_key};
}

}  // namespace callboard
