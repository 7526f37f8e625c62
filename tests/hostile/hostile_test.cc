// Damaged files of every kind: an error, or something valid; no crash, little time and memory. Each
// file is made of its number, so that a failure can be repeated. What was tried is printed in lines
// that begin with "hostile:".
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/file.h"
#include "support/corruption.h"
#include "support/counting_allocator.h"
#include "support/input_formats.h"
#include "support/last_words.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::testing {

void PrintTo(const InputFormat& format, std::ostream* out) { *out << format.name; }

namespace {

constexpr double kMostSeconds = 1;
constexpr int64_t kMostBytes = int64_t{256} << 20;
constexpr size_t kLargestSmallFile = 32768;
constexpr uintmax_t kLargestRealFile = uintmax_t{8} << 20;

// The counts in full, of all formats together.
constexpr int64_t kCuts = 2000;
constexpr int64_t kCorruptions = 10000;

bool Full() {
  const char* full = std::getenv("GOLDCREST_FULL");
  return full != nullptr && *full != '\0';
}

int64_t CountFormats(bool (*which)(const InputFormat& format)) {
  return std::ranges::count_if(InputFormats(), which);
}

// Time that this process and its children computed: the machine's other work does not count.
double CpuSeconds() {
  timespec own{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return static_cast<double>(own.tv_sec) + static_cast<double>(own.tv_nsec) * 1e-9 +
         seconds(children.ru_utime) + seconds(children.ru_stime);
}

// The most that a child process had in memory so far, pages that it shared with this one included.
int64_t LargestChildBytes() {
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  return int64_t{children.ru_maxrss} << 10;
}

class Hostile : public ::testing::TestWithParam<InputFormat> {
 protected:
  // One in so many of the full counts is tried.
  int64_t OneIn() const {
    const int64_t sample = format_.slow && !Full() ? 10 : 1;
    return GOLDCREST_SANITIZED ? std::max<int64_t>(10, 4 * sample) : sample;
  }

  void TearDown() override {
    EXPECT_EQ(ReportsOfChildren(), 0);
    const int64_t bytes = LargestChildBytes();
    if (bytes == largest_child_before_ || GOLDCREST_SANITIZED) return;
    EXPECT_LE(bytes, kMostBytes);
    std::string line = base::Cat("hostile: ", format_.name, ": a child process took at most ",
                                 base::Bytes(static_cast<uint64_t>(bytes)));
    std::puts(line.c_str());
  }

  // Reads one damaged file; false where that was an error.
  bool Read(std::string_view file, const std::string& what) {
    SetLastWords(base::Cat("while reading ", format_.name, ", ", what, "\n"));
    ResetPeak();
    const int64_t live = LiveBytes();
    const double start = CpuSeconds();
    const Status status = format_.read(file);
    const double seconds = CpuSeconds() - start;
    const int64_t bytes = PeakBytes() - live;
    SetLastWords("");
    if (!status) {
      EXPECT_FALSE(status.error().message.empty()) << what;
    }
    ++files_;
    read_ += status.has_value() ? 1 : 0;
    sniffed_ += format_.sniff != nullptr && format_.sniff(base::AsBytes(file)) ? 1 : 0;
    worst_seconds_ = std::max(worst_seconds_, seconds);
    worst_bytes_ = std::max(worst_bytes_, bytes);
    if (!GOLDCREST_SANITIZED) {
      EXPECT_LE(seconds, kMostSeconds) << what;
      EXPECT_LE(bytes, kMostBytes) << what;
    }
    return status.has_value();
  }

  // Files of this format in the reference data, in the order of their names.
  std::vector<std::string> RealFiles() const {
    std::vector<std::string> paths;
    for (const char* folder : {"models", "golden", "images/odd", "images/imagenet"}) {
      if (!std::filesystem::exists(SharedFile(folder))) continue;
      for (const auto& entry : std::filesystem::directory_iterator(SharedFile(folder))) {
        if (!entry.is_regular_file() || entry.file_size() > kLargestRealFile) continue;
        if (entry.path().extension() != format_.extension) continue;
        auto file = base::MappedFile::Open(entry.path());
        if (file && format_.sniff((*file)->bytes())) paths.push_back(entry.path());
      }
    }
    std::ranges::sort(paths);
    return paths;
  }

  void Print(std::string_view what) const {
    std::string past =
        format_.sniff == nullptr ? "" : base::Cat(sniffed_, " past the first check, ");
    std::string line = base::Cat("hostile: ", format_.name, ": ", files_, " ", what, ", ", past,
                                 read_, " still valid; at most ", base::Fixed(worst_seconds_, 3),
                                 " s, ", base::Bytes(static_cast<uint64_t>(worst_bytes_)));
    std::puts(line.c_str());
  }

  const InputFormat& format_ = GetParam();
  const int64_t largest_child_before_ = LargestChildBytes();
  int64_t files_ = 0;
  int64_t read_ = 0;
  int64_t sniffed_ = 0;
  double worst_seconds_ = 0;
  int64_t worst_bytes_ = 0;
};

TEST_P(Hostile, EveryTruncationOfSmallFilesIsAnError) {
  for (const std::string& file : format_.small_files()) {
    ASSERT_LE(file.size(), kLargestSmallFile);
    Status whole = format_.read(file);
    ASSERT_TRUE(whole) << whole.error().ToString();
    const size_t spare = format_.spare(file);
    for (size_t size = 0; size < file.size(); size += static_cast<size_t>(OneIn())) {
      const bool read = Read(std::string_view(file).substr(0, size), base::Cat("the first ", size));
      EXPECT_TRUE(!read || size + spare >= file.size()) << size << " of " << file.size();
    }
  }
  Print("truncations of small files");
}

TEST_P(Hostile, CorruptionsAreErrorsOrValid) {
  const std::vector<std::string> small = format_.small_files();
  const std::vector<std::string> real = RealFiles();
  const int64_t kinds =
      CountFormats([](const InputFormat& format) { return format.sniff != nullptr; });
  for (int64_t i = 0; i * kinds * OneIn() < kCorruptions; ++i) {
    Random random(static_cast<uint64_t>(i) + 1000000);
    const bool is_real = i % 2 == 1 && !real.empty();
    const std::vector<std::string>& choice = is_real ? real : small;
    const auto at = static_cast<size_t>(random.Integer(0, std::ssize(choice) - 1));
    const std::string file = is_real ? ReadAll(choice[at]) : choice[at];
    Read(Corrupted(file, random),
         base::Cat("corruption ", i, " of ", is_real ? choice[at] : base::Cat("small file ", at)));
  }
  Print("corruptions");
  if (format_.sniff != nullptr) {
    EXPECT_GE(sniffed_ * 2, files_);
  }
}

class HostileReal : public Hostile {};

TEST_P(HostileReal, CutsAreErrors) {
  REQUIRE_SHARED();
  const std::vector<std::string> paths = RealFiles();
  ASSERT_FALSE(paths.empty());
  const int64_t formats =
      CountFormats([](const InputFormat& format) { return !format.extension.empty(); });
  for (int64_t i = 0; i * formats * OneIn() < kCuts; ++i) {
    Random random(static_cast<uint64_t>(i));
    const std::string& path = paths[static_cast<size_t>(random.Integer(0, std::ssize(paths) - 1))];
    std::string file = ReadAll(path);
    const size_t size = static_cast<size_t>(random.Integer(0, std::ssize(file) - 1));
    const bool read =
        Read(std::string_view(file).substr(0, size), base::Cat("cut ", i, " of ", path));
    EXPECT_TRUE(!read || size + format_.spare(file) >= file.size()) << path << " " << size;
  }
  Print("cuts of real files");
}

std::string NameOf(const ::testing::TestParamInfo<InputFormat>& format) {
  return std::string(format.param.name);
}

std::vector<InputFormat> FormatsOfRealFiles() {
  std::vector<InputFormat> formats;
  for (const InputFormat& format : InputFormats()) {
    if (!format.extension.empty()) formats.push_back(format);
  }
  return formats;
}

INSTANTIATE_TEST_SUITE_P(Each, Hostile,
                         ::testing::ValuesIn(InputFormats().begin(), InputFormats().end()), NameOf);
INSTANTIATE_TEST_SUITE_P(Each, HostileReal, ::testing::ValuesIn(FormatsOfRealFiles()), NameOf);

}  // namespace
}  // namespace goldcrest::testing
