#pragma once
// From the description of a schedule to the entries people see, and to the one answer that matters
// at night: who is on call at this instant. The rules (design, "Rules of local time"):
//
// - whose turn it is: rotation.h; when a restricted layer is open: restriction.h;
// - a layer yields its user only inside its [start, end) and while it is open;
// - the last-created layer that yields somebody wins, then overrides, the later-made one winning;
// - entries are half open, cut at the window unless overflow is asked for; in the final schedule,
//   neighbouring entries of one user are one entry.
//
// Everything is reckoned interval by interval, so the cost grows with the number of turns and
// openings, not with the length of time.
//
// A schedule that was changed is given with its history: every stretch of time is rendered from the
// version that was valid in it.

#include "domain/schedule/entries.h"
#include "domain/schedule/history.h"
#include "domain/schedule/schedule.h"

#include <optional>
#include <span>
#include <vector>

namespace callboard {

/// What happens to entries that reach beyond the window.
enum class Overflow {
    cut,    ///< They end at the window's edge.
    whole,  ///< They are shown whole (REST: `overflow=true`), up to a year beyond the window.
};

struct SubSchedule {
    RenderedEntries rendered_schedule_entries = {};
    /// The share of the window, 0 to 100, in which somebody is on call; the same for either
    /// overflow.
    double rendered_coverage_percentage = 0.0;

    bool operator==(const SubSchedule&) const = default;
};

struct RenderedSchedule {
    /// What was rendered: the window asked for, shortened where it was absurdly long.
    Window window = {};
    /// One for each layer of the latest version, in its order.
    std::vector<SubSchedule> schedule_layers = {};
    SubSchedule overrides_subschedule = {};
    SubSchedule final_schedule = {};

    bool operator==(const RenderedSchedule&) const = default;
};

// Windows are shortened to ten years, or to as many turns and openings; the API refuses earlier.
inline constexpr Duration render_span_max = days{3'660};
inline constexpr double render_steps_max = 1'000'000;
/// More entries or shifts than this go into no answer: whoever asks is asked for a shorter time.
inline constexpr std::size_t render_entries_max = 20'000;
// How far beyond a window the rest of an entry or shift is looked for.
inline constexpr Duration render_reach_max = days{366};

/// Renders the schedule over `window`. An empty window gives empty lists.
///
/// A layer shows one entry per turn and opening, even where one person has two turns in a row:
/// clients draw the hand-offs of a layer from them, and a rotation of one person is how people plan
/// a layer that more will join. The final schedule answers "until when am I on call" and joins
/// them. An override that a later one covers in part shows only what is left of it. With
/// Overflow::whole the final schedule consists of the whole pieces that reach into the window; a
/// neighbour that lies wholly outside is not joined. How far pieces reach is told by the versions
/// that are valid at the window's edges. A piece that runs on across a change stays one.
RenderedSchedule render(const ScheduleHistory& history,
                        std::span<const Override> overrides,
                        Window window,
                        Overflow overflow = Overflow::cut);

/// Only the final schedule's entries, cut at the window, for callers that show nothing else.
RenderedEntries final_entries(const ScheduleHistory& history, std::span<const Override> overrides, Window window);

/// Who is on call at `t`; absent when nobody is. Costs a few lookups per layer and allocates
/// little.
std::optional<UserKey> on_call_at(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t);

/// The part of `window` that would be rendered: shortened where it is absurd.
Window renderable_window(const ScheduleHistory& history, Window window);

/// The longest stretch that is rendered at once for this schedule (see render_span_max).
Duration span_limit(const ScheduleHistory& history);

}  // namespace callboard
