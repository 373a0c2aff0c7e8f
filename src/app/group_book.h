#pragma once
// The open incidents that take more alerts, by the setting that groups them. It mirrors the database in the writer's
// memory, as the AlertBook does, so that grouping reads nothing; services that do not group have no part in it.

#include "domain/event/grouping.h"
#include "storage/store.h"

#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace callboard {

class GroupBook final : public WriterMemory {
public:
    /// Oldest first. Those that are over have been taken out.
    std::span<const OpenGroup> groups_of(const AlertGroupingSetting& setting, Timestamp now);

    /// A new incident. Past `groups_max` of one setting the oldest takes no more alerts.
    void open(AlertGroupingSettingId setting, OpenGroup group);

    /// One more alert of this severity.
    void join(AlertGroupingSettingId setting, std::size_t index, Severity severity, Timestamp now);

    /// The incident has been written: alerts came or went, it was resolved, or left its service.
    void follow(const Incident& incident);

    [[nodiscard]] std::size_t size() const { return settings_.size(); }

    void load(Tx& tx) override;

    [[nodiscard]] std::size_t mark() const override { return undo_.size(); }

    void undo_to(std::size_t mark) noexcept override;

    void forget_undo() noexcept override { undo_.clear(); }

    /// Incidents of one setting that an alert is compared with.
    static constexpr std::size_t groups_max = 256;

private:
    enum class Step { added, changed, removed };

    struct Undo {
        Step step = Step::added;
        AlertGroupingSettingId setting;
        std::size_t index = 0;
        std::optional<OpenGroup> before;
    };

    void add(AlertGroupingSettingId setting, OpenGroup group);
    OpenGroup& change(AlertGroupingSettingId setting, std::size_t index);
    void remove(AlertGroupingSettingId setting, std::size_t index);
    void load(Tx& tx, const AlertGroupingSetting& setting);

    std::unordered_map<AlertGroupingSettingId, std::vector<OpenGroup>> groups_;
    /// The setting of each incident in `groups_`.
    std::unordered_map<IncidentId, AlertGroupingSettingId> settings_;
    std::vector<Undo> undo_;
};

}  // namespace callboard
