#include "runtime/band.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace goldcrest::runtime {
namespace {

constexpr int64_t kMostLaps = 64;
constexpr size_t kMostSteps = 16;

// Elements of each step's line buffer; the last step has none.
using LineBuffers = std::vector<int64_t>;

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

// Whether these steps can be one band.
bool IsChain(std::span<const BandStep> steps) {
  for (size_t s = 0; s < steps.size(); ++s) {
    if (steps[s].step->progress.empty() || !steps[s].step->preparations.empty()) return false;
    if (s == 0) continue;
    if (!steps[s].follows || !steps[s - 1].makes_large()) return false;
  }
  return true;
}

// Values in as few laps as fit beside the constants; nothing where even many do not.
std::optional<LineBuffers> PlanLineBuffers(std::span<const BandStep> steps) {
  int64_t constants = 0;
  for (const BandStep& step : steps) constants += static_cast<int64_t>(step.constant_bytes);
  for (int64_t laps = 1; laps <= kMostLaps; laps *= 2) {
    LineBuffers buffers;
    int64_t bytes = constants;
    for (size_t s = 0; s + 1 < steps.size(); ++s) {
      const int64_t lap =
          steps[s].elements / laps + MostRead(*steps[s + 1].step) + MostWritten(*steps[s].step);
      buffers.push_back(std::min(lap, steps[s].elements));
      bytes += buffers.back() * steps[s].element_bytes;
    }
    if (bytes <= kBandBytes) return buffers;
  }
  return std::nullopt;
}

class BandMaker {
 public:
  BandMaker(std::span<const BandStep> steps, size_t first, const LineBuffers& buffers)
      : steps_(steps), first_(first), buffers_(buffers), states_(steps.size()) {}

  std::vector<BandItem> Make() {
    while (Run() || Carry()) {
    }
    for (size_t s = 0; s < steps_.size(); ++s) GOLDCREST_CHECK(Done(s));
    return std::move(items_);
  }

 private:
  struct State {
    int64_t next = 0;   // chunk
    int64_t start = 0;  // the first element in the line buffer
  };

  bool Done(size_t s) const { return states_[s].next == steps_[s].step->chunks; }
  bool IsLast(size_t s) const { return s + 1 == steps_.size(); }
  const Progress& NextOf(size_t s) const {
    return steps_[s].step->progress[static_cast<size_t>(states_[s].next)];
  }
  int64_t WrittenBy(size_t s) const {
    const int64_t next = states_[s].next;
    return next == 0 ? 0 : steps_[s].step->progress[static_cast<size_t>(next - 1)].written;
  }
  bool HasInput(size_t s) const {
    return !Done(s) && (s == 0 || WrittenBy(s - 1) >= NextOf(s).read);
  }
  bool HasRoom(size_t s) const {
    return IsLast(s) || NextOf(s).written - states_[s].start <= buffers_[s];
  }
  int64_t Origin(size_t s) const { return -states_[s].start * steps_[s].element_bytes; }

  // A chunk of the first step that can run now: the next of the same step finds its weights and
  // what it reads nearer than another step's would.
  bool Run() {
    for (size_t s = 0; s < steps_.size(); ++s) {
      if (!HasInput(s) || !HasRoom(s)) continue;
      items_.push_back({.step = first_ + s,
                        .chunk = states_[s].next++,
                        .input = s > 0 ? Origin(s - 1) : 0,
                        .output = IsLast(s) ? 0 : Origin(s)});
      return true;
    }
    return false;
  }

  // Makes room for a step, the last that has none.
  bool Carry() {
    for (size_t s = steps_.size() - 1; s-- > 0;) {
      if (!HasInput(s) || HasRoom(s)) continue;
      const int64_t written = WrittenBy(s);
      const int64_t kept = Done(s + 1) ? written : std::min(NextOf(s + 1).from, written);
      const int64_t width = steps_[s].element_bytes;
      items_.push_back({.step = first_ + s,
                        .chunk = BandItem::kCarry,
                        .input = (kept - states_[s].start) * width,
                        .bytes = (written - kept) * width});
      states_[s].start = kept;
      GOLDCREST_CHECK(HasRoom(s));
      return true;
    }
    return false;
  }

  std::span<const BandStep> steps_;
  size_t first_;
  const LineBuffers& buffers_;
  std::vector<State> states_;
  std::vector<BandItem> items_;
};

Band MakeBand(std::span<const BandStep> steps, size_t first, size_t last) {
  Band band{first, last, {}, {}};
  if (last - first == 1) return band;
  const auto members = steps.subspan(first, last - first);
  const LineBuffers buffers = *PlanLineBuffers(members);
  band.items = BandMaker(members, first, buffers).Make();
  for (size_t s = 0; s < buffers.size(); ++s) {
    band.line_buffer_bytes.push_back(static_cast<size_t>(buffers[s] * members[s].element_bytes));
  }
  return band;
}

}  // namespace

std::vector<Band> CutIntoBands(std::span<const BandStep> steps) {
  // The best way to cut the first so many steps.
  struct Cut {
    int64_t bytes = 0;  // of large values that are kept whole
    size_t first = 0;   // where the last band begins
  };
  std::vector<Cut> best(steps.size() + 1);
  for (size_t last = 1; last <= steps.size(); ++last) {
    const BandStep& step = steps[last - 1];
    const int64_t whole = step.makes_large() ? step.elements * step.element_bytes : 0;
    best[last] = {best[last - 1].bytes + whole, last - 1};
    for (size_t count = 2; count <= std::min(last, kMostSteps); ++count) {
      const size_t first = last - count;
      const auto members = steps.subspan(first, count);
      if (!IsChain(members) || !PlanLineBuffers(members)) break;
      const int64_t bytes = best[first].bytes + whole;
      if (bytes < best[last].bytes) best[last] = {bytes, first};
    }
  }
  std::vector<Band> bands;
  for (size_t last = steps.size(); last > 0; last = best[last].first) {
    bands.push_back(MakeBand(steps, best[last].first, last));
  }
  std::ranges::reverse(bands);
  return bands;
}

}  // namespace goldcrest::runtime
