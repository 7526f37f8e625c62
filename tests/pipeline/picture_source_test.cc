#include "pipeline/picture_source.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "augment/augmenter.h"
#include "support/counting_allocator.h"
#include "support/picture_files.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

constexpr int64_t kSide = 24;
constexpr size_t kElements = kSide * kSide * 3;

tensor::InputContract Contract() {
  tensor::InputContract contract;
  contract.width = contract.height = kSide;
  contract.normalization.kind = tensor::NormalizationKind::kTf;
  return contract;
}

augment::Policy All() {
  return *augment::ParsePolicy("flip,crop:0.5,rotate:10,jitter:0.3,mixup:0.5,cutout:6");
}

std::vector<TrainingSample> SamplesOf(const TrainingSet& set) {
  std::vector<TrainingSample> samples;
  for (int32_t i = 0; i < set.pictures->size(); ++i) {
    samples.push_back({&set, i, static_cast<int32_t>(set.pictures->label(i))});
  }
  return samples;
}

// Pictures of three classes, of many sizes and formats.
class Pictures {
 public:
  explicit Pictures(int count) {
    for (const char* name : {"a", "b", "c"}) std::filesystem::create_directory(folder_.File(name));
    for (int i = 0; i < count; ++i) {
      const int width = 20 + 7 * (i % 5);
      const int height = 22 + 5 * (i % 7);
      Write(i, i % 2 == 0 ? testing::MakeJpeg(width, height, i % 4 == 0,
                                              testing::Noise(static_cast<uint64_t>(i)))
                          : testing::MakePng(width, height, PNG_COLOR_TYPE_RGB, 8, false));
    }
  }

  // Picture i of the set, as far as there are less than a thousand.
  std::string Name(int i) const {
    return std::string(1, static_cast<char>('a' + i % 3)) + "/" + std::to_string(1000 + i);
  }
  void Write(int i, const std::string& bytes) const { folder_.Write(Name(i), bytes); }
  void Remove() const {
    for (const TrainingSample& sample : samples_) std::filesystem::remove(sample.name());
  }

  // Opened late, so that a test may change the files.
  std::span<const TrainingSample> samples() {
    if (set_.pictures) return samples_;
    auto set = data::Open(folder_.File(""));
    EXPECT_TRUE(set) << set.error().ToString();
    set_.pictures = *std::move(set);
    samples_ = SamplesOf(set_);
    return samples_;
  }

 private:
  testing::TemporaryFolder folder_;
  TrainingSet set_;
  std::vector<TrainingSample> samples_;
};

struct Batch {
  std::vector<float> inputs;
  std::vector<train::Target> targets;

  bool operator==(const Batch& other) const {
    auto same = [](const train::Target& a, const train::Target& b) {
      return a.label == b.label && a.other == b.other && a.other_share == b.other_share;
    };
    return inputs == other.inputs && std::ranges::equal(targets, other.targets, same);
  }
};

std::vector<int64_t> InOrder(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

std::vector<int64_t> Backwards(int64_t count) {
  std::vector<int64_t> order = InOrder(count);
  std::ranges::reverse(order);
  return order;
}

std::unique_ptr<PictureSource> MustMake(std::span<const TrainingSample> samples,
                                        const PictureSourceOptions& options) {
  auto source = PictureSource::Create(samples, options);
  EXPECT_TRUE(source) << source.error().ToString();
  return *std::move(source);
}

// The samples in batches of eight, put together again.
Batch FillAll(PictureSource& source, const std::vector<int64_t>& order, int64_t epoch,
              size_t elements = kElements) {
  Batch all{std::vector<float>(order.size() * elements), std::vector<train::Target>(order.size())};
  for (size_t first = 0; first < order.size(); first += 8) {
    const size_t count = std::min<size_t>(8, order.size() - first);
    const Status filled =
        source.Fill(std::span(order).subspan(first, count), epoch,
                    std::span(all.inputs).subspan(first * elements, count * elements),
                    std::span(all.targets).subspan(first, count));
    EXPECT_TRUE(filled) << filled.error().ToString();
  }
  return all;
}

Batch PreparedAndFilled(PictureSource& source, const std::vector<int64_t>& order, int64_t epoch) {
  source.Prepare(order, epoch);
  return FillAll(source, order, epoch);
}

TEST(PictureSource, WithoutAugmentationInputsAreAsTheContractHasThem) {
  Pictures pictures(12);
  using tensor::ColorOrder;
  for (ColorOrder color : {ColorOrder::kRgb, ColorOrder::kBgr, ColorOrder::kGray}) {
    tensor::InputContract contract = Contract();
    contract.color = color;
    contract.width = 20;
    const int64_t channels = color == ColorOrder::kGray ? 1 : 3;
    const auto elements = static_cast<size_t>(20 * kSide * channels);
    auto source = MustMake(pictures.samples(), {.contract = contract});
    const Batch got = FillAll(*source, InOrder(12), 1, elements);
    SampleReader reader({.contract = contract});
    const std::array<int64_t, 4> shape = {1, kSide, 20, channels};
    for (size_t i = 0; i < 12; ++i) {
      std::vector<float> expected(elements);
      ASSERT_TRUE(reader.Read(
          pictures.samples()[i],
          {tensor::DType::kFloat32, shape, std::as_writable_bytes(std::span(expected))}));
      EXPECT_TRUE(
          std::ranges::equal(std::span(got.inputs).subspan(i * elements, elements), expected));
      EXPECT_EQ(got.targets[i].label, pictures.samples()[i].label);
      EXPECT_EQ(got.targets[i].other_share, 0);
    }
  }
}

TEST(PictureSource, BytesDoNotDependOnThreadsQueuesCachesOrOrder) {
  Pictures pictures(40);
  const std::vector<int64_t> order = Backwards(40);
  auto plain = MustMake(
      pictures.samples(),
      {.contract = Contract(), .augmentation = All(), .seed = 5, .threads = 0, .cache_bytes = 0});
  std::vector<Batch> expected;
  for (int64_t epoch : {1, 2}) expected.push_back(FillAll(*plain, order, epoch));
  EXPECT_FALSE(expected[0] == expected[1]);
  for (int threads : {1, 4}) {
    for (uint64_t ahead : {uint64_t{1}, uint64_t{64} << 20}) {
      for (uint64_t cache : {uint64_t{0}, uint64_t{1} << 30}) {
        auto source = MustMake(pictures.samples(), {.contract = Contract(),
                                                    .augmentation = All(),
                                                    .seed = 5,
                                                    .threads = threads,
                                                    .ahead_bytes = ahead,
                                                    .cache_bytes = cache});
        EXPECT_TRUE(PreparedAndFilled(*source, order, 1) == expected[0]);
        EXPECT_TRUE(PreparedAndFilled(*source, order, 2) == expected[1]);
        // Other than was said, and again.
        source->Prepare(InOrder(40), 1);
        EXPECT_TRUE(FillAll(*source, order, 1) == expected[0]);
      }
    }
  }
}

TEST(PictureSource, AnEpochMayBeBrokenOff) {
  Pictures pictures(40);
  const std::vector<int64_t> order = InOrder(40);
  auto source =
      MustMake(pictures.samples(), {.contract = Contract(), .augmentation = All(), .threads = 3});
  const Batch expected = PreparedAndFilled(*source, order, 7);
  for (int64_t epoch = 1; epoch < 20; ++epoch) {
    source->Prepare(order, epoch);
    FillAll(*source, InOrder(epoch), epoch);
  }
  EXPECT_TRUE(PreparedAndFilled(*source, order, 7) == expected);
}

TEST(PictureSource, DecodedPicturesAreKept) {
  Pictures pictures(20);
  auto source = MustMake(pictures.samples(), {.contract = Contract(), .threads = 2});
  const Batch first = PreparedAndFilled(*source, InOrder(20), 1);
  pictures.Remove();
  EXPECT_TRUE(PreparedAndFilled(*source, InOrder(20), 2) == first);
  EXPECT_TRUE(source->unreadable().empty());
}

TEST(PictureSource, MixedPicturesHaveBothInThem) {
  Pictures pictures(30);
  const augment::Policy policy{.mixup = 1};
  auto plain = MustMake(pictures.samples(), {.contract = Contract()});
  auto mixed =
      MustMake(pictures.samples(), {.contract = Contract(), .augmentation = policy, .seed = 3});
  const Batch pure = FillAll(*plain, InOrder(30), 1);
  const Batch got = FillAll(*mixed, InOrder(30), 1);
  for (size_t i = 0; i < 30; ++i) {
    const augment::Mixing mixing = augment::DrawMixing(policy, {3, 1, static_cast<int64_t>(i)}, 30);
    const auto other = static_cast<size_t>(mixing.other);
    EXPECT_EQ(got.targets[i].label, pictures.samples()[i].label);
    EXPECT_EQ(got.targets[i].other, pictures.samples()[other].label);
    EXPECT_EQ(got.targets[i].other_share, mixing.share);
    for (size_t k = 0; k < kElements; ++k) {
      const double expected = (1 - mixing.share) * pure.inputs[i * kElements + k] +
                              mixing.share * pure.inputs[other * kElements + k];
      ASSERT_NEAR(got.inputs[i * kElements + k], expected, 1e-6);
    }
  }
}

TEST(PictureSource, BadPicturesAreToldOnceAndReplacedByTheNextOfTheirClass) {
  Pictures pictures(30);
  pictures.Write(6, testing::MakeJpeg(40, 40, false).substr(0, 700));
  pictures.Write(9, "\xff\xd8\xff and then nothing of the kind");
  pictures.Write(28, std::string("\x89PNG\r\n\x1a\n", 8));  // the last of its class
  auto at = [&](int i) {
    return std::ranges::find_if(pictures.samples(),
                                [&](const TrainingSample& sample) {
                                  return sample.name().ends_with(pictures.Name(i));
                                }) -
           pictures.samples().begin();
  };
  const Batch alone = FillAll(
      *MustMake(pictures.samples(), {.contract = Contract(), .cache_bytes = 0}), InOrder(30), 1);
  for (int threads : {1, 4}) {
    auto source = MustMake(pictures.samples(), {.contract = Contract(), .threads = threads});
    for (int64_t epoch : {1, 2}) {
      const Batch got = PreparedAndFilled(*source, InOrder(30), epoch);
      EXPECT_TRUE(got == alone);
      auto input = [&](ptrdiff_t i) {
        return std::span(got.inputs).subspan(static_cast<size_t>(i) * kElements, kElements);
      };
      // 6 and 9 follow each other in their class; behind 28, the first comes.
      EXPECT_TRUE(std::ranges::equal(input(at(6)), input(at(12))));
      EXPECT_TRUE(std::ranges::equal(input(at(9)), input(at(12))));
      EXPECT_TRUE(std::ranges::equal(input(at(28)), input(at(1))));
    }
    const std::vector<std::string> unreadable = source->unreadable();
    ASSERT_EQ(unreadable.size(), 3U);
    EXPECT_NE(unreadable[0].find(pictures.Name(6) + " › the JPEG is damaged"), std::string::npos)
        << unreadable[0];
    EXPECT_NE(unreadable[2].find(pictures.Name(28)), std::string::npos);
  }
}

TEST(PictureSource, AClassOfBadPicturesIsAnError) {
  Pictures pictures(9);
  for (int i : {1, 4, 7}) pictures.Write(i, "\xff\xd8\xff broken");
  auto source = MustMake(pictures.samples(), {.contract = Contract(), .threads = 2});
  source->Prepare(InOrder(9), 1);
  std::vector<float> inputs(9 * kElements);
  std::vector<train::Target> targets(9);
  const Status filled = source->Fill(InOrder(9), 1, inputs, targets);
  ASSERT_FALSE(filled);
  EXPECT_NE(filled.error().ToString().find("no picture of the class of"), std::string::npos);
  EXPECT_NE(filled.error().ToString().find("JPEG is damaged"), std::string::npos);
}

TEST(PictureSource, ContractsOfIntegersAreRefused) {
  Pictures pictures(3);
  tensor::InputContract contract = Contract();
  contract.dtype = tensor::DType::kInt8;
  contract.scale = 1;
  EXPECT_FALSE(PictureSource::Create(pictures.samples(), {.contract = contract}));
}

#if !GOLDCREST_SANITIZED  // whose memory would be measured
// What an epoch takes beside the set, of a list that names a few files so many times.
int64_t PeakOf(int64_t count) {
  testing::TemporaryFolder folder;
  std::string list;
  for (int i = 0; i < 10; ++i) {
    folder.Write(std::to_string(i), testing::MakePng(9, 9, PNG_COLOR_TYPE_RGB, 8, false));
  }
  for (int64_t i = 0; i < count; ++i) list += base::Cat(i % 10, "\t", i % 10, "\n");
  auto pictures = data::Open(folder.Write("list.tsv", list));
  EXPECT_TRUE(pictures) << pictures.error().ToString();
  const TrainingSet set{*std::move(pictures), {}};
  const std::vector<TrainingSample> samples = SamplesOf(set);
  const std::vector<int64_t> order = InOrder(count);
  std::vector<float> inputs(8 * 128 * 128 * 3);
  std::vector<train::Target> targets(8);
  tensor::InputContract contract = Contract();
  contract.width = contract.height = 128;
  const int64_t before = testing::LiveBytes();
  testing::ResetPeak();
  auto source =
      MustMake(samples, {.contract = contract, .augmentation = {.flip = true}, .threads = 2});
  source->Prepare(order, 1);
  for (size_t first = 0; first < order.size(); first += 8) {
    const size_t batch = std::min<size_t>(8, order.size() - first);
    EXPECT_TRUE(source->Fill(std::span(order).subspan(first, batch), 1, inputs,
                             std::span(targets).first(batch)));
  }
  return testing::PeakBytes() - before;
}

TEST(PictureSource, MemoryIsFlatInTheNumberOfPictures) {
  const char* full = std::getenv("GOLDCREST_FULL");
  const int64_t few = PeakOf(500);
  const int64_t many = PeakOf(full != nullptr && *full != 0 ? 50'000 : 5'000);
  RecordProperty("few_kib", static_cast<int>(few >> 10));
  RecordProperty("many_kib", static_cast<int>(many >> 10));
  EXPECT_LT(static_cast<double>(many), 1.1 * static_cast<double>(few)) << many << " " << few;
}
#endif

}  // namespace
}  // namespace goldcrest::pipeline
