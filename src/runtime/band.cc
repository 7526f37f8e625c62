#include "runtime/band.h"

#include <algorithm>

#include "base/aligned_buffer.h"
#include "base/check.h"

namespace goldcrest::runtime {
namespace {

// Of a common second-level cache.
constexpr int64_t kCacheBytes = int64_t{512} << 10;
constexpr int64_t kMostLaps = 64;

// The most that a chunk reads, or writes.
int64_t MostRead(const Step& step) {
  int64_t most = 0;
  for (const Progress& at : step.progress) most = std::max(most, at.read - at.from);
  return most;
}

int64_t MostWritten(const Step& step) {
  int64_t most = 0;
  int64_t before = 0;
  for (const Progress& at : step.progress) {
    most = std::max(most, at.written - before);
    before = at.written;
  }
  return most;
}

// Makes the items of a band by going through it as one thread would.
class BandMaker {
 public:
  BandMaker(std::span<const ScheduledStep> steps, int32_t first, const BandPlan& plan, int threads,
            std::vector<Item>& items)
      : steps_(steps),
        first_(first),
        plan_(plan),
        // A chunk should not wait for one that another thread has just begun.
        distance_(threads > 1 ? static_cast<uint32_t>(threads) : 0),
        items_(items),
        begin_(static_cast<uint32_t>(items.size())),
        states_(steps.size()) {}

  void Make() {
    for (;;) {
      if (Run(distance_) || Run(0)) continue;
      if (!Carry()) return;
    }
  }

 private:
  // A step and the line buffer of what it makes.
  struct State {
    int64_t next = 0;                // chunk
    std::vector<uint32_t> chunk_at;  // the items of its chunks
    // The lap that is written, and the first element in it; what it is read and written after.
    int64_t lap = 0;
    int64_t start = 0;
    uint32_t readable_after = 0, writable_after = 0;
    uint32_t last_read = 0,
             last_read_before = 0;  // behind the last item that reads it; the one before
  };

  uint32_t Count() const { return static_cast<uint32_t>(items_.size()); }
  const Progress& NextOf(size_t s) const {
    return steps_[s].step->progress[static_cast<size_t>(states_[s].next)];
  }
  bool Done(size_t s) const { return states_[s].next == steps_[s].step->chunks; }
  bool IsLast(size_t s) const { return s + 1 == steps_.size(); }
  int64_t WrittenBy(size_t s) const {
    const int64_t next = states_[s].next;
    return next == 0 ? 0 : steps_[s].step->progress[static_cast<size_t>(next - 1)].written;
  }
  bool HasInput(size_t s) const {
    return !Done(s) && (s == 0 || WrittenBy(s - 1) >= NextOf(s).read);
  }
  bool HasRoom(size_t s) const {
    return IsLast(s) || NextOf(s).written - states_[s].start <= plan_.lap_elements[s];
  }

  // What step s's next chunk comes after.
  uint32_t After(size_t s) const {
    uint32_t after = begin_;
    if (s > 0) {
      const State& source = states_[s - 1];
      const std::vector<Progress>& made = steps_[s - 1].step->progress;
      const auto chunk =
          std::ranges::lower_bound(made, NextOf(s).read, {}, &Progress::written) - made.begin();
      after =
          std::max({after, source.chunk_at[static_cast<size_t>(chunk)] + 1, source.readable_after});
    }
    return IsLast(s) ? after : std::max(after, states_[s].writable_after);
  }

  // Where the value's beginning would be, in bytes from that of its line buffer.
  int64_t Origin(size_t s) const {
    const int64_t place = states_[s].lap % plan_.laps_at_once[s] * plan_.lap_elements[s];
    return (place - states_[s].start) * steps_[s].element_bytes;
  }

  // A chunk of the first step that can run now: the next of the same step finds its weights and
  // what it reads nearer than another step's would.
  bool Run(uint32_t distance) {
    for (size_t s = 0; s < steps_.size(); ++s) {
      if (!HasInput(s) || !HasRoom(s)) continue;
      const uint32_t after = After(s);
      if (after > begin_ && after + distance > Count()) continue;
      State& state = states_[s];
      const int32_t step = first_ + static_cast<int32_t>(s);
      if (s > 0) states_[s - 1].last_read = Count() + 1;
      state.chunk_at.push_back(Count());
      items_.push_back({.kind = Item::Kind::kChunk,
                        .first_step = step,
                        .last_step = step + 1,
                        .work = 0,
                        .chunk = state.next++,
                        .after = after,
                        .input = s > 0 ? Origin(s - 1) : 0,
                        .output = IsLast(s) ? 0 : Origin(s)});
      return true;
    }
    return false;
  }

  // Begins a lap of a step that has no room left, with what the next step still reads.
  bool Carry() {
    for (size_t s = steps_.size() - 1; s-- > 0;) {
      if (!HasInput(s) || HasRoom(s)) continue;
      State& state = states_[s];
      const int64_t written = WrittenBy(s);
      const int64_t kept = Done(s + 1) ? written : std::min(NextOf(s + 1).from, written);
      const int64_t from = Origin(s) + kept * steps_[s].element_bytes;
      const bool single = plan_.laps_at_once[s] == 1;
      // The place of the new lap is that of this one, or of the one before it.
      const uint32_t free_after = single ? state.last_read : state.last_read_before;
      const uint32_t carry = Count();
      state.last_read_before = std::max(state.last_read, carry + 1);
      state.readable_after = carry + 1;
      state.writable_after = single ? carry + 1 : free_after;
      state.start = kept;
      ++state.lap;
      const int32_t step = first_ + static_cast<int32_t>(s);
      items_.push_back({.kind = Item::Kind::kCarry,
                        .first_step = step,
                        .last_step = step + 1,
                        .work = 0,
                        .chunk = (written - kept) * steps_[s].element_bytes,
                        .after = std::max({begin_, state.chunk_at.back() + 1, free_after}),
                        .input = from,
                        .output = Origin(s) + kept * steps_[s].element_bytes});
      GOLDCREST_CHECK(HasRoom(s));
      return true;
    }
    return false;
  }

  std::span<const ScheduledStep> steps_;
  int32_t first_;
  const BandPlan& plan_;
  uint32_t distance_;
  std::vector<Item>& items_;
  uint32_t begin_;
  std::vector<State> states_;
};

}  // namespace

std::optional<BandPlan> PlanBand(std::span<const ScheduledStep> steps, int threads) {
  int64_t constants = 0;
  for (const ScheduledStep& step : steps) constants += static_cast<int64_t>(step.constant_bytes);
  const int most_at_once = threads > 1 ? 2 : 1;
  BandPlan plan;
  for (int64_t laps = 1; laps <= kMostLaps; laps *= 2) {
    plan = {};
    int64_t bytes = constants;
    for (size_t s = 0; s + 1 < steps.size(); ++s) {
      const int64_t elements = steps[s].elements;
      int64_t lap = elements / laps + MostRead(*steps[s + 1].step) + MostWritten(*steps[s].step);
      lap = static_cast<int64_t>(base::AlignUp(static_cast<size_t>(lap)));
      const bool whole = lap * most_at_once >= elements;
      plan.lap_elements.push_back(whole ? elements : lap);
      plan.laps_at_once.push_back(whole ? 1 : most_at_once);
      bytes += plan.lap_elements.back() * plan.laps_at_once.back() * steps[s].element_bytes;
    }
    if (bytes <= kCacheBytes * most_at_once) return plan;
  }
  return std::nullopt;
}

void AddBand(std::span<const ScheduledStep> steps, int32_t first, const BandPlan& plan, int threads,
             std::vector<Item>& items) {
  BandMaker(steps, first, plan, threads, items).Make();
}

}  // namespace goldcrest::runtime
