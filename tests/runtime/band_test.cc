// Bands of steps. In the order of their items each chunk finds in the line buffers what it reads.
#include "runtime/band.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "runtime/executor.h"
#include "runtime/tuning.h"
#include "support/random.h"
#include "support/run_graph.h"

namespace goldcrest::runtime {
namespace {

// Rows of `width` elements, made of windows of `side` rows.
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

// Goes through a band and keeps which element of a value lies at each place of its line buffer.
void ExpectChunksFindWhatTheyRead(std::span<const BandStep> steps, const Band& band) {
  std::vector<int64_t> next(steps.size(), 0);
  std::vector<std::map<int64_t, int64_t>> contents(steps.size());  // element by place
  for (const BandItem& item : band.items) {
    const size_t s = item.step;
    const auto buffer = [&](size_t step) {
      return static_cast<int64_t>(band.line_buffer_bytes[step - band.first]);
    };
    if (item.chunk == BandItem::kCarry) {
      std::map<int64_t, int64_t> moved;
      for (int64_t byte = 0; byte < item.bytes; byte += steps[s].element_bytes) {
        ASSERT_TRUE(contents[s].contains(item.input + byte));
        moved[byte] = contents[s][item.input + byte];
      }
      contents[s] = moved;
      ASSERT_LE(item.bytes, buffer(s));
      continue;
    }
    const std::vector<Progress>& progress = steps[s].step->progress;
    ASSERT_EQ(item.chunk, next[s]++);
    const Progress& at = progress[static_cast<size_t>(item.chunk)];
    if (s > band.first) {
      for (int64_t e = at.from; e < at.read; ++e) {
        const auto found = contents[s - 1].find(item.input + e * steps[s - 1].element_bytes);
        ASSERT_NE(found, contents[s - 1].end()) << "step " << s << " chunk " << item.chunk;
        ASSERT_EQ(found->second, e) << "step " << s << " chunk " << item.chunk;
      }
    }
    if (s + 1 < band.last) {
      const int64_t before =
          item.chunk == 0 ? 0 : progress[static_cast<size_t>(item.chunk - 1)].written;
      for (int64_t e = before; e < at.written; ++e) {
        const int64_t place = item.output + e * steps[s].element_bytes;
        ASSERT_GE(place, 0);
        ASSERT_LE(place + steps[s].element_bytes, buffer(s));
        contents[s][place] = e;
      }
    }
  }
  for (size_t s = band.first; s < band.last; ++s) EXPECT_EQ(next[s], steps[s].step->chunks);
}

TEST(Band, ChunksFindWhatTheyRead) {
  testing::Random random(3);
  int carried = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const int64_t width = random.Integer(20, 60);
    const auto count = static_cast<size_t>(random.Integer(2, 8));
    std::vector<Step> steps;
    int64_t in_rows = random.Integer(60, 150);
    for (size_t s = 0; s < count; ++s) {
      const int64_t stride = random.Integer(0, 4) == 0 ? 2 : 1;
      const int64_t rows = (in_rows + stride - 1) / stride;
      steps.push_back(RowsStep(rows, in_rows, width, 1 + 2 * random.Integer(0, 2), stride,
                               random.Integer(1, 3)));
      in_rows = rows;
    }
    std::vector<BandStep> in_bands;
    for (const Step& step : steps) {
      in_bands.push_back({.step = &step,
                          .follows = !in_bands.empty() && random.Integer(0, 9) > 0,
                          .constant_bytes = static_cast<size_t>(random.Integer(0, 1 << 17)),
                          .elements = step.progress.back().written,
                          .element_bytes = random.Integer(1, 4) << 8});
    }
    size_t next = 0;
    for (const Band& band : CutIntoBands(in_bands)) {
      EXPECT_EQ(band.first, next);
      next = band.last;
      EXPECT_EQ(band.items.empty(), band.last - band.first == 1);
      if (band.items.empty()) continue;
      for (size_t s = band.first + 1; s < band.last; ++s) EXPECT_TRUE(in_bands[s].follows);
      ExpectChunksFindWhatTheyRead(in_bands, band);
      if (HasFatalFailure()) FAIL() << "trial " << trial;
      carried += std::ranges::count(band.items, BandItem::kCarry, &BandItem::chunk) > 0 ? 1 : 0;
    }
    EXPECT_EQ(next, steps.size());
  }
  EXPECT_GT(carried, 10);
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
    const auto value_bytes = static_cast<size_t>(height * width * 40) * sizeof(float);
    for (const base::Isa isa : base::MachineIsas()) {
      Executor reference = testing::MustPrepare(graph, {.keep_all_values = true}, isa);
      Executor executor = testing::MustPrepare(graph, {}, isa);
      std::ranges::copy(whole.input(0).bytes, reference.input(0).bytes.begin());
      std::ranges::copy(whole.input(0).bytes, executor.input(0).bytes.begin());
      EXPECT_LT(executor.arena_bytes(), value_bytes + whole.input(0).bytes.size());
      reference.Run();
      for (int run = 0; run < 2; ++run) {
        executor.Run();
        EXPECT_TRUE(std::ranges::equal(reference.output(0).bytes, executor.output(0).bytes))
            << height << " x " << width << ", " << base::NameOf(isa) << ", run " << run;
      }
    }
  }
}

TEST(Band, NoneWhereATuningSaysSo) {
  const graph::Graph graph = testing::MustParse(Block(112, 112, 3, 1));
  const Tuning tuning = {.kernel_of = [](const auto&, const auto&) { return std::string_view(); },
                         .bands = false};
  Executor whole = testing::MustPrepare(graph, {.tuning = &tuning});
  Executor mixed = testing::MustPrepare(graph);
  EXPECT_EQ(whole.bands().size(), whole.step_count());
  EXPECT_LT(mixed.bands().size(), mixed.step_count());
  EXPECT_GT(whole.arena_bytes(), mixed.arena_bytes());
}

}  // namespace
}  // namespace goldcrest::runtime
