#pragma once
// The alerts that are open, by (integration, dedup key): what decides whether an event opens or updates. It mirrors
// the database in the writer's memory, so that the hot path needs no index in random order; it is filled at start
// and follows every batch, failed ones included (storage/store.h, WriterMemory).

#include "domain/incident/incident.h"
#include "storage/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace callboard {

class AlertBook final : public WriterMemory {
public:
    struct Entry {
        /// 0 where a service creates incidents without alerts.
        AlertId alert;
        /// 0 for suppressed alerts.
        IncidentId incident;
        Severity severity = Severity::critical;
        /// Of the newest event's document, 0 when not known: tells an event that says nothing new.
        std::size_t document_hash = 0;
        /// When the alert's row was last written.
        Timestamp written_at = {};
    };

    /// Keys are scoped by the integration or orchestration, or by the service where there are no alerts.
    struct Key {
        std::int64_t scope = 0;
        std::string_view dedup_key;
    };

    /// What is found lies there until the next put().
    [[nodiscard]] const Entry* find(Key key) const;
    void put(Key key, Entry entry);
    void erase(Key key);

    /// Trigger log entries of an incident, counted in the store when first asked for. The caller adds to it.
    int& triggers_of(Tx& tx, IncidentId incident);

    /// A new incident has one: nobody needs to count.
    void first_trigger_of(IncidentId incident) { triggers_[incident] = 1; }

    [[nodiscard]] std::size_t size() const { return open_.size(); }

    void load(Tx& tx) override;

    [[nodiscard]] std::size_t mark() const override { return undo_.size(); }

    void undo_to(std::size_t mark) noexcept override;

    void forget_undo() noexcept override { undo_.clear(); }

private:
    struct Undo {
        std::string key;
        std::optional<Entry> before;
    };

    const std::string& text_of(Key key) const;

    /// Flat: with a million alerts each look-up that follows a pointer waits for memory.
    boost::unordered_flat_map<std::string, Entry> open_;
    boost::unordered_flat_map<IncidentId, int, std::hash<IncidentId>> triggers_;
    std::vector<Undo> undo_;
    mutable std::string key_;
};

/// The key under which an alert stands in the book.
AlertBook::Key book_key(const Alert& alert);
/// The same for an incident without alerts; absent when it has no key.
std::optional<AlertBook::Key> book_key(const Incident& incident);

}  // namespace callboard
