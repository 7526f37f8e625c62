// Schedules of bands. Whatever threads do: items that may run at the same time, or one before the
// other, touch no common byte of a line buffer unless both read, and in the order of the list each
// chunk finds in it what it reads.
#include "runtime/band.h"

#include <gtest/gtest.h>

#include <map>

#include "runtime/executor.h"
#include "support/random.h"
#include "support/run_graph.h"

namespace goldcrest::runtime {
namespace {

// Rows of `width` elements: chunk i makes row i of windows of `side` rows.
Step RowsStep(int64_t rows, int64_t in_rows, int64_t width, int64_t side, int64_t stride,
              int64_t rows_of_chunk) {
  Step step;
  step.chunks = (rows + rows_of_chunk - 1) / rows_of_chunk;
  for (int64_t first = 0; first < rows; first += rows_of_chunk) {
    const int64_t last = std::min(first + rows_of_chunk, rows);
    step.progress.push_back(
        {std::clamp<int64_t>(first * stride - side / 2, 0, in_rows - 1) * width,
         std::clamp<int64_t>((last - 1) * stride - side / 2 + side, 1, in_rows) * width,
         last * width});
  }
  return step;
}

// Bytes [first, last) of a line buffer that an item touches.
struct Touch {
  size_t item;
  int64_t first, last;
  bool writes;
};

class BandSchedule {
 public:
  BandSchedule(std::vector<ScheduledStep> steps, int threads) : steps_(std::move(steps)) {
    plan_ = PlanBand(steps_, threads);
    if (plan_) AddBand(steps_, 0, *plan_, threads, items_);
  }

  bool planned() const { return plan_.has_value(); }

  bool HasCarries() const {
    return std::ranges::any_of(items_,
                               [](const Item& item) { return item.kind == Item::Kind::kCarry; });
  }

  // Every chunk of every step once, in order.
  void ExpectAllChunks() const {
    std::vector<int64_t> next(steps_.size(), 0);
    for (const Item& item : items_) {
      if (item.kind != Item::Kind::kChunk) continue;
      EXPECT_EQ(item.chunk, next[static_cast<size_t>(item.first_step)]++);
    }
    for (size_t s = 0; s < steps_.size(); ++s) EXPECT_EQ(next[s], steps_[s].step->chunks);
  }

  // Goes through the list and keeps which element of the value lies in each byte.
  void ExpectChunksFindWhatTheyRead() {
    std::vector<std::map<int64_t, int64_t>> contents(steps_.size());  // element by place
    for (size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      const auto s = static_cast<size_t>(item.first_step);
      ASSERT_LE(item.after, i);
      if (item.kind == Item::Kind::kCarry) {
        std::map<int64_t, int64_t> moved;
        const int64_t width = steps_[s].element_bytes;
        for (int64_t byte = 0; byte < item.chunk; byte += width) {
          auto found = contents[s].find(item.input + byte);
          ASSERT_NE(found, contents[s].end());
          moved[item.output + byte] = found->second;
        }
        for (auto [place, element] : moved) contents[s][place] = element;
        AddTouch(s, i, item.input, item.input + item.chunk, false);
        AddTouch(s, i, item.output, item.output + item.chunk, true);
        continue;
      }
      const std::vector<Progress>& progress = steps_[s].step->progress;
      const Progress& at = progress[static_cast<size_t>(item.chunk)];
      if (s > 0) {
        const int64_t width = steps_[s - 1].element_bytes;
        for (int64_t e = at.from; e < at.read; ++e) {
          auto found = contents[s - 1].find(item.input + e * width);
          ASSERT_NE(found, contents[s - 1].end()) << "step " << s << " chunk " << item.chunk;
          ASSERT_EQ(found->second, e) << "step " << s << " chunk " << item.chunk;
        }
        AddTouch(s - 1, i, item.input + at.from * width, item.input + at.read * width, false);
      }
      if (s + 1 < steps_.size()) {
        const int64_t width = steps_[s].element_bytes;
        const int64_t before =
            item.chunk == 0 ? 0 : progress[static_cast<size_t>(item.chunk - 1)].written;
        for (int64_t e = before; e < at.written; ++e) {
          contents[s][item.output + e * width] = e;
        }
        AddTouch(s, i, item.output + before * width, item.output + at.written * width, true);
      }
    }
  }

  void ExpectNoConflicts() const {
    for (const auto& [step, touches] : touches_) {
      const int64_t bytes =
          plan_->lap_elements[step] * plan_->laps_at_once[step] * steps_[step].element_bytes;
      for (size_t b = 0; b < touches.size(); ++b) {
        ASSERT_GE(touches[b].first, 0);
        ASSERT_LE(touches[b].last, bytes);
        for (size_t a = 0; a < b; ++a) {
          const Touch& one = touches[a];
          const Touch& other = touches[b];
          if (one.item == other.item || !(one.writes || other.writes)) continue;
          if (one.item < items_[other.item].after) continue;  // done before
          ASSERT_TRUE(one.last <= other.first || other.last <= one.first)
              << "items " << one.item << " and " << other.item << " of step " << step;
        }
      }
    }
  }

 private:
  void AddTouch(size_t step, size_t item, int64_t first, int64_t last, bool writes) {
    if (first < last) touches_[step].push_back({item, first, last, writes});
  }

  std::vector<ScheduledStep> steps_;
  std::optional<BandPlan> plan_;
  std::vector<Item> items_;
  std::map<size_t, std::vector<Touch>> touches_;
};

TEST(Band, ItemsThatMayMeetTouchNothingInCommon) {
  testing::Random random(3);
  int carried = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const int64_t width = random.Integer(100, 300);
    const auto count = static_cast<size_t>(random.Integer(2, 5));
    std::vector<Step> steps;
    int64_t rows = random.Integer(40, 120);
    int64_t in_rows = rows;
    for (size_t s = 0; s < count; ++s) {
      const int64_t side = 1 + 2 * random.Integer(0, 2);
      const int64_t stride = s == 0 ? 1 : random.Integer(1, 2);
      rows = (in_rows + stride - 1) / stride;
      steps.push_back(RowsStep(rows, in_rows, width, side, stride, random.Integer(1, 4)));
      in_rows = rows;
    }
    for (const int threads : {1, 2, 3, 8}) {
      std::vector<ScheduledStep> scheduled;
      for (const Step& step : steps) {
        scheduled.push_back({.step = &step,
                             .follows = !scheduled.empty(),
                             .elements = step.progress.back().written,
                             .element_bytes = 1 << (trial % 3 * 5)});
      }
      BandSchedule band(std::move(scheduled), threads);
      if (!band.planned()) continue;
      carried += band.HasCarries() ? 1 : 0;
      band.ExpectAllChunks();
      band.ExpectChunksFindWhatTheyRead();
      band.ExpectNoConflicts();
      if (HasFatalFailure()) FAIL() << "trial " << trial << ", " << threads << " threads";
    }
  }
  EXPECT_GT(carried, 30);
}

// An inverted residual block whose values are large, in pictures of odd sizes.
std::string Block(int64_t height, int64_t width, int64_t kernel, int64_t stride) {
  auto shape = [&](int64_t h, int64_t w, int channels) {
    return base::Cat("float32[-1, ", h, ", ", w, ", ", channels, "]");
  };
  const int64_t h = (height + stride - 1) / stride;
  const int64_t w = (width + stride - 1) / stride;
  return base::Cat(
      "input %0 \"x\": ", shape(height, width, 8),
      "\nconst %1 \"e\": float32[40, 1, 1, 8] = random(1)\nconst %2 \"d\": float32[1, ", kernel,
      ", ", kernel,
      ", 40] = random(2)\nconst %3 \"p\": float32[12, 1, 1, 40] = random(3)\n%4 \"q\": ",
      shape(height, width, 40), " = conv2d(%0, %1) activation=relu6\n%5 \"r\": ", shape(h, w, 40),
      " = depthwise_conv2d(%4, %2) stride_h=", stride, " stride_w=", stride,
      " padding=same activation=relu6\n%6 \"s\": ", shape(h, w, 12),
      " = conv2d(%5, %3)\n%7 \"t\": ", shape(h, w, 12),
      " = hard_swish(%6)\n%8 \"u\": ", shape(h, w, 12), " = add(%6, %7)\noutput %8\n");
}

TEST(Band, GivesTheBytesOfWholeValuesInLessMemory) {
  for (const auto [height, width, kernel, stride] : {std::array<int64_t, 4>{112, 112, 3, 1},
                                                     {113, 131, 3, 2},
                                                     {149, 101, 5, 1},
                                                     {120, 141, 5, 2}}) {
    const graph::Graph graph = testing::MustParse(Block(height, width, kernel, stride));
    Executor whole = testing::MustPrepare(graph, {.keep_all_values = true});
    testing::Random random(9);
    for (float& x : whole.input(0).As<float>()) x = random.Float();
    whole.Run();
    const std::span<const std::byte> expected = whole.output(0).bytes;
    const auto value_bytes = static_cast<size_t>(height * width * 40) * sizeof(float);
    for (const int threads : {1, 2, 3, 8}) {
      base::ThreadPool pool(threads);
      Executor executor = testing::MustPrepare(graph, {.pool = &pool});
      std::ranges::copy(whole.input(0).bytes, executor.input(0).bytes.begin());
      EXPECT_LT(executor.arena_bytes(), value_bytes + whole.input(0).bytes.size());
      for (int run = 0; run < 5; ++run) {
        executor.Run();
        EXPECT_TRUE(std::ranges::equal(expected, executor.output(0).bytes))
            << height << " x " << width << ", " << threads << " threads, run " << run;
      }
    }
  }
}

}  // namespace
}  // namespace goldcrest::runtime
