#include "kernels/detection/detection.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace goldcrest::kernels::detection {
namespace {

struct Box {
  float top, left, bottom, right;
};

// A box and a class whose score it has.
struct Candidate {
  float score;
  int32_t box, column;  // of the scores
};

// The best first; of equals the one that came first.
bool Better(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.box != b.box ? a.box < b.box : a.column < b.column;
}

// The same where classes come one after the other.
bool BetterOfClasses(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.column != b.column ? a.column < b.column : a.box < b.box;
}

class Memory {
 public:
  Memory(const Params& p, std::byte* bytes)
      : boxes(reinterpret_cast<Box*>(bytes)),
        candidates(reinterpret_cast<Candidate*>(boxes + p.boxes)),
        kept(candidates + p.boxes) {}

  Box* boxes;             // by index
  Candidate* candidates;  // of one search
  Candidate* kept;        // of all searches
};

// How many candidates are kept at most: those of all classes so far, and of one more.
int64_t MostKept(const Params& p) {
  return p.max_detections + std::max(p.max_detections, std::min(p.detections_per_class, p.boxes));
}

void Decode(const Params& p, const float* encodings, const float* anchors, Box* boxes) {
  for (int64_t i = 0; i < p.boxes; ++i) {
    const float* code = encodings + i * p.encoding;
    const float* anchor = anchors + i * 4;
    auto center = [&](int k, double scale) {
      return static_cast<float>(double{code[k]} / scale * double{anchor[k + 2]} +
                                double{anchor[k]});
    };
    auto half = [&](int k, double scale) {
      return static_cast<float>(0.5 * std::exp(double{code[k]} / scale) * double{anchor[k]});
    };
    const float y = center(0, p.y_scale), x = center(1, p.x_scale);
    const float h = half(2, p.h_scale), w = half(3, p.w_scale);
    boxes[i] = {y - h, x - w, y + h, x + w};
  }
}

float Area(const Box& box) { return (box.bottom - box.top) * (box.right - box.left); }

float Overlap(const Box& a, const Box& b) {
  if (!(Area(a) > 0) || !(Area(b) > 0)) return 0;
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float both = std::max(height, 0.0F) * std::max(width, 0.0F);
  return both / (Area(a) + Area(b) - both);
}

// Of `candidates`, which are sorted, appends to `kept` the best that cover no better one.
Candidate* KeepApart(const Params& p, const Box* boxes, std::span<Candidate> candidates,
                     int64_t most, Candidate* kept) {
  constexpr int32_t kCovered = -1;
  most = std::min(most, static_cast<int64_t>(candidates.size()));
  for (size_t i = 0; i < candidates.size() && most > 0; ++i) {
    if (candidates[i].box == kCovered) continue;
    *kept++ = candidates[i];
    --most;
    for (Candidate& other : candidates.subspan(i + 1)) {
      if (other.box == kCovered) continue;
      const float overlap = Overlap(boxes[candidates[i].box], boxes[other.box]);
      if (overlap > p.most_overlap) other.box = kCovered;
    }
  }
  return kept;
}

// Sorted, those of one column, or of each box's best, that score enough.
template <class ColumnOf>
std::span<Candidate> Candidates(const Params& p, const float* scores, Candidate* candidates,
                                ColumnOf column_of) {
  Candidate* end = candidates;
  for (int64_t i = 0; i < p.boxes; ++i) {
    const float* row = scores + i * p.score_columns;
    const int64_t column = column_of(row);
    if (row[column] >= p.least_score) {
      *end++ = {row[column], static_cast<int32_t>(i), static_cast<int32_t>(column)};
    }
  }
  std::sort(candidates, end, Better);
  return {candidates, end};
}

class Output {
 public:
  Output(const Params& p, float* y)
      : boxes_(reinterpret_cast<Box*>(y)), classes_(y + p.rows() * 4), rows_(p.rows()) {
    std::fill_n(y, rows_ * 6 + 1, 0.0F);
  }
  void Add(const Box& box, int64_t of_class, float score) {
    boxes_[count_] = box;
    classes_[count_] = static_cast<float>(of_class);
    classes_[rows_ + count_] = score;
    ++count_;
    classes_[2 * rows_] = static_cast<float>(count_);
  }

 private:
  Box* boxes_;
  float* classes_;
  int64_t rows_, count_ = 0;
};

}  // namespace

size_t ScratchBytes(const Params& p) {
  return static_cast<size_t>(p.boxes) * (sizeof(Box) + sizeof(Candidate)) +
         static_cast<size_t>(MostKept(p)) * sizeof(Candidate);
}

void Run(const Params& p, const float* encodings, const float* scores, const float* anchors,
         float* y, std::byte* scratch) noexcept {
  const Memory memory(p, scratch);
  Decode(p, encodings, anchors, memory.boxes);
  Output output(p, y);
  const int64_t background = p.score_columns - p.classes;
  if (p.regular) {
    Candidate* end = memory.kept;
    for (int64_t column = background; column < p.score_columns; ++column) {
      const auto found =
          Candidates(p, scores, memory.candidates, [column](const float*) { return column; });
      end = KeepApart(p, memory.boxes, found, p.detections_per_class, end);
      std::sort(memory.kept, end, BetterOfClasses);
      end = std::min(end, memory.kept + p.max_detections);
    }
    for (const Candidate& c : std::span(memory.kept, end)) {
      output.Add(memory.boxes[c.box], c.column - background, c.score);
    }
    return;
  }
  const auto found = Candidates(p, scores, memory.candidates, [&](const float* row) {
    return std::max_element(row + background, row + p.score_columns) - row;
  });
  Candidate* end = KeepApart(p, memory.boxes, found, p.max_detections, memory.kept);
  for (const Candidate& c : std::span(memory.kept, end)) {
    // The box's best classes; a class that was taken is passed over by its rank.
    const float* row = scores + c.box * p.score_columns;
    Candidate last = c;
    for (int64_t rank = 0; rank < std::min(p.classes_per_detection, p.classes); ++rank) {
      output.Add(memory.boxes[c.box], last.column - background, last.score);
      Candidate next{-INFINITY, c.box, -1};
      for (int64_t column = background; column < p.score_columns; ++column) {
        const Candidate other{row[column], c.box, static_cast<int32_t>(column)};
        if (Better(last, other) && (next.column < 0 || Better(other, next))) next = other;
      }
      if (next.column < 0) break;
      last = next;
    }
  }
}

}  // namespace goldcrest::kernels::detection
