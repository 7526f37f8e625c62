#include "train/diagnosis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "evaluate/significance.h"

namespace goldcrest::train {
namespace {

using base::Cat;
using base::Fixed;

constexpr double kWideGap = 0.10;       // of accuracies: training above validation
constexpr double kWideInterval = 0.10;  // of the validation accuracy
constexpr double kGoodEnough = 0.98;    // accuracy that needs no more epochs
constexpr int64_t kFew = 20;            // pictures of a class to learn from
constexpr int64_t kJudged = 3;      // validation pictures that can tell that an answer is missing
constexpr double kSurelyFalls = 4;  // standard errors of a slope
constexpr size_t kMostNamed = 5;

std::string Percent(double share) { return Cat(Fixed(share * 100, 1), " %"); }

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> TrainingLosses(const FitReport& fit) {
  std::vector<double> losses;
  losses.reserve(fit.epochs.size());
  for (const EpochReport& epoch : fit.epochs) losses.push_back(epoch.training.loss);
  return losses;
}

// Empty where an epoch was not validated.
std::vector<double> ValidationLosses(const FitReport& fit) {
  std::vector<double> losses;
  for (const EpochReport& epoch : fit.epochs) {
    if (!epoch.validation) return {};
    losses.push_back(epoch.validation->loss);
  }
  return losses;
}

size_t IndexOfLowest(const std::vector<double>& values) {
  return static_cast<size_t>(std::ranges::min_element(values) - values.begin());
}

// Whether a line through the values (least squares) falls by 5 % and 0.02 or more, and its slope is
// beyond doubt; where they are too few to tell, whether each is lower than the one before.
bool SurelyFalls(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double middle = (count - 1) / 2;
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double xx = 0;
  double xy = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    xx += x * x;
    xy += x * values[i];
  }
  const double slope = xy / xx;
  double rest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double off = values[i] - mean - slope * (static_cast<double>(i) - middle);
    rest += off * off;
  }
  const double fall = -slope * (count - 1);
  if (fall < 0.02 || fall < 0.05 * values.front()) return false;
  if (values.size() <= 4) return std::ranges::is_sorted(values, std::ranges::greater());
  return -slope >= kSurelyFalls * std::sqrt(rest / (count - 2) / xx);
}

// 'ant', 'bee' and 3 more
std::string Named(std::span<const std::string> classes, const std::vector<size_t>& which) {
  std::string text;
  const size_t named = std::min(which.size(), kMostNamed);
  for (size_t i = 0; i < named; ++i) {
    const bool last = i + 1 == which.size();
    text += Cat(i == 0 ? "" : last ? " and " : ", ", "'", classes[which[i]], "'");
  }
  if (which.size() > named) text += Cat(" and ", which.size() - named, " more");
  return text;
}

// Right answers and all answers of a confusion matrix.
struct Judged {
  int64_t right = 0, all = 0;
};
Judged Count(std::span<const std::vector<int64_t>> confusion) {
  Judged judged;
  for (size_t i = 0; i < confusion.size(); ++i) {
    judged.right += confusion[i][i];
    judged.all += std::accumulate(confusion[i].begin(), confusion[i].end(), int64_t{0});
  }
  return judged;
}

// The share that whoever always answers the largest class has right.
double ShareOfLargest(std::span<const int64_t> counts) {
  if (counts.empty()) return 0;
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  return static_cast<double>(std::ranges::max(counts)) / std::max(all, 1.0);
}

// A third of the rate, as a round number.
std::string Smaller(double rate) {
  const double third = rate / 3;
  const int power = static_cast<int>(std::floor(std::log10(third)));
  const double unit = std::pow(10.0, power);
  return Fixed(std::round(third / unit) * unit, std::max(0, -power));
}

std::string TooHighRemedy(double rate) {
  std::string smaller = "choose a smaller --learning-rate";
  if (rate > 0) smaller += Cat(", such as ", Smaller(rate), " (it is ", rate, ")");
  return Cat(smaller, "; --warm-up 1 and --clip-norm 1 calm the beginning");
}

constexpr std::string_view kOverFittingRemedy =
    "more pictures, or more varied ones, help most; else let less be learned or hold it back: "
    "fewer layers, --head dropout:0.3, --label-smoothing 0.1, --optimizer adamw --weight-decay "
    "0.01";

// The validation loss has turned and rises.
std::optional<Finding> Rising(const RunFacts& run) {
  const std::vector<double> training = TrainingLosses(run.fit);
  const std::vector<double> validation = ValidationLosses(run.fit);
  if (validation.size() < 4) return std::nullopt;
  const size_t count = validation.size();
  const size_t window = std::clamp<size_t>(count / 4, 1, 5);
  const size_t best = IndexOfLowest(validation);
  const size_t first = best - std::min(best, window / 2);
  if (first + window > count - window) return std::nullopt;  // the best is at the end
  auto median = [&](const std::vector<double>& values, size_t from) {
    const auto begin = values.begin() + static_cast<ptrdiff_t>(from);
    return Median({begin, begin + static_cast<ptrdiff_t>(window)});
  };
  const double risen = median(validation, count - window);
  if (risen < 1.15 * median(validation, first) + 0.02) return std::nullopt;
  if (median(training, count - window) > 0.95 * median(training, first)) return std::nullopt;
  return Finding{
      Symptom::kOverFitting,
      Cat("the validation loss was best in epoch ", run.fit.epochs[best].epoch, " (",
          Fixed(validation[best], 3), ") and rose to ", Fixed(validation.back(), 3),
          " since, while the training loss fell from ", Fixed(training[best], 3), " to ",
          Fixed(training.back(), 3), ": from there on it learned its pictures by heart",
          run.fit.best_epoch ? Cat("; what is kept is epoch ", *run.fit.best_epoch) : ""),
      Cat(kOverFittingRemedy, "; --patience 5 ends such a run earlier")};
}

}  // namespace

std::string_view NameOf(Symptom symptom) {
  constexpr std::array<std::string_view, 7> kNames = {
      "rate_too_high",   "over_fitting", "under_fitting",   "unfinished",
      "never_predicted", "few_pictures", "small_validation"};
  return kNames[static_cast<size_t>(symptom)];
}

std::string_view Describe(Symptom symptom) {
  constexpr std::array<std::string_view, 7> kNames = {
      "learning rate too high",     "over-fitting",     "under-fitting",           "not finished",
      "a class is never predicted", "too few pictures", "validation set too small"};
  return kNames[static_cast<size_t>(symptom)];
}

std::optional<Finding> RateTooHigh(const RunFacts& run) {
  const std::vector<double> losses = TrainingLosses(run.fit);
  auto finding = [&](std::string text) {
    return Finding{Symptom::kRateTooHigh, std::move(text), TooHighRemedy(run.rate)};
  };
  if (run.fit.ending == Ending::kDiverged) {
    return finding(Cat(run.fit.infinite, " became infinite in epoch ", losses.size() + 1));
  }
  if (losses.size() < 2) return std::nullopt;
  if (losses.back() > 1.1 * losses.front() + 0.05) {
    return finding(Cat("the training loss rose from ", Fixed(losses.front(), 3), " in epoch ",
                       run.fit.epochs.front().epoch, " to ", Fixed(losses.back(), 3)));
  }
  const double ignorance = std::log(static_cast<double>(std::max<size_t>(run.classes.size(), 2)));
  // A loss that only falls is on its way, however slowly.
  const bool rose = std::ranges::adjacent_find(losses, [](double before, double after) {
                      return after > 1.05 * before;
                    }) != losses.end();
  if (rose && losses.back() > 1.5 * ignorance) {
    return finding(Cat("the training loss ended at ", Fixed(losses.back(), 3),
                       ", more than that of calling all classes equally likely (",
                       Fixed(ignorance, 3), ")"));
  }
  std::vector<std::string> jumps;
  for (size_t i = 1; i < losses.size(); ++i) {
    if (losses[i] > 1.3 * losses[i - 1] + 0.1) jumps.push_back(Cat(run.fit.epochs[i].epoch));
  }
  if (jumps.size() < 2) return std::nullopt;
  const size_t count = jumps.size();
  jumps.resize(std::min(count, kMostNamed));
  return finding(Cat("the training loss jumped up ", count, " times, in epochs ",
                     base::Join(jumps, ", "), count > jumps.size() ? ", …" : ""));
}

std::optional<Finding> OverFitting(const RunFacts& run) {
  if (RateTooHigh(run)) return std::nullopt;
  if (auto rising = Rising(run)) return rising;
  const std::vector<double> validation = ValidationLosses(run.fit);
  if (validation.empty() || run.confusion.empty()) return std::nullopt;
  const EpochReport& best = run.fit.epochs[IndexOfLowest(validation)];
  const Judged judged = Count(run.confusion);
  const double right = best.validation->accuracy;
  const double high =
      evaluate::WilsonInterval(std::llround(right * static_cast<double>(judged.all)), judged.all)
          .high;
  if (best.training.accuracy - right <= kWideGap || best.training.accuracy <= high) {
    return std::nullopt;
  }
  return Finding{
      Symptom::kOverFitting,
      Cat("in epoch ", best.epoch, ", the best, it was right on ", Percent(best.training.accuracy),
          " of the pictures that it learned from, but on ", Percent(right),
          " of those that it judged by"),
      std::string(kOverFittingRemedy)};
}

std::optional<Finding> UnderFitting(const RunFacts& run) {
  if (run.fit.epochs.empty() || RateTooHigh(run) || Unfinished(run)) return std::nullopt;
  const EpochReport& last = run.fit.epochs.back();
  const double reached =
      std::max(last.training.accuracy, last.validation ? last.validation->accuracy : 0.0);
  const double chance = ShareOfLargest(run.training);
  if (reached >= chance + (1 - chance) / 2) return std::nullopt;
  return Finding{
      Symptom::kUnderFitting,
      Cat("even of the pictures that it learned from it is right on no more than ",
          Percent(last.training.accuracy), "; whoever always answers the largest class is on ",
          Percent(chance)),
      "let more be learned: more layers than the head, a model of a larger --alpha or --input "
      "size, a larger --learning-rate, less dropout and augmentation; and see whether the labels "
      "are right"};
}

std::optional<Finding> Unfinished(const RunFacts& run) {
  if (run.fit.ending != Ending::kEpochs || run.fit.epochs.empty()) return std::nullopt;
  std::vector<double> losses = ValidationLosses(run.fit);
  const bool validated = !losses.empty();
  if (!validated) losses = TrainingLosses(run.fit);
  const EpochReport& last = run.fit.epochs.back();
  if ((validated ? last.validation->accuracy : last.training.accuracy) >= kGoodEnough) {
    return std::nullopt;
  }
  if (losses.size() < 2) return std::nullopt;
  const size_t window = std::min(losses.size(), std::max<size_t>(4, losses.size() / 3));
  losses.erase(losses.begin(), losses.end() - static_cast<ptrdiff_t>(window));
  if (!SurelyFalls(losses)) return std::nullopt;
  return Finding{Symptom::kUnfinished,
                 Cat("the ", validated ? "validation" : "training",
                     " loss was still falling: from ", Fixed(losses.front(), 3), " to ",
                     Fixed(losses.back(), 3), " in the last ", window, " epochs"),
                 Cat("go on for longer: --epochs ", last.epoch * 2)};
}

std::optional<Finding> NeverPredicted(const RunFacts& run) {
  std::vector<size_t> never;
  std::vector<size_t> answered;
  for (size_t c = 0; c < run.confusion.size(); ++c) {
    int64_t answers = 0;
    for (const std::vector<int64_t>& row : run.confusion) answers += row[c];
    if (answers > 0) answered.push_back(c);
    const std::vector<int64_t>& row = run.confusion[c];
    if (answers == 0 && std::accumulate(row.begin(), row.end(), int64_t{0}) >= kJudged) {
      never.push_back(c);
    }
  }
  if (never.empty()) return std::nullopt;
  if (answered.size() == 1) {
    return Finding{Symptom::kNeverPredicted, Cat("every answer is ", Named(run.classes, answered)),
                   "the network tells nothing apart yet: look at the labels, try another "
                   "--learning-rate, and --balanced where one class has most of the pictures"};
  }
  std::string text =
      Cat(Named(run.classes, never), never.size() == 1 ? " is" : " are", " never the answer");
  const std::vector<int64_t>& row = run.confusion[never.front()];
  const auto taken = static_cast<size_t>(std::ranges::max_element(row) - row.begin());
  text += Cat("; '", run.classes[never.front()], "' is taken for '", run.classes[taken], "' most (",
              row[taken], " of ", std::accumulate(row.begin(), row.end(), int64_t{0}), ")");
  return Finding{Symptom::kNeverPredicted, std::move(text),
                 "give it more pictures, or weigh them with --balanced; see whether its pictures "
                 "can be told from those at all"};
}

std::optional<Finding> FewPictures(const RunFacts& run) {
  std::vector<size_t> few;
  for (size_t c = 0; c < run.training.size(); ++c) {
    if (run.training[c] < kFew) few.push_back(c);
  }
  if (few.empty()) return std::nullopt;
  std::ranges::stable_sort(few, {}, [&](size_t c) { return run.training[c]; });
  const int64_t least = run.training[few.front()];
  return Finding{Symptom::kFewPictures,
                 few.size() == 1
                     ? Cat(Named(run.classes, few), " has only ", least, " pictures to learn from")
                     : Cat(Named(run.classes, few), " have less than ", kFew,
                           " pictures each to learn from, the first only ", least),
                 "a hundred of each class, such as the model will meet, are a good beginning"};
}

std::optional<Finding> SmallValidation(const RunFacts& run) {
  const Judged judged = Count(run.confusion);
  if (judged.all == 0) {
    return Finding{Symptom::kSmallValidation,
                   "there are no validation pictures, so nothing tells how it does on new ones",
                   "leave some aside with --validation-split 0.2, or name them with --validation"};
  }
  const evaluate::Interval interval = evaluate::WilsonInterval(judged.right, judged.all);
  if (interval.high - interval.low <= kWideInterval) return std::nullopt;
  const double share = static_cast<double>(judged.right) / static_cast<double>(judged.all);
  // As many as make the interval 6 points wide.
  constexpr double kStandardErrors = 1.96 / 0.03;
  const double wanted = std::max(share * (1 - share), 0.05) * kStandardErrors * kStandardErrors;
  return Finding{Symptom::kSmallValidation,
                 Cat(judged.all, " validation pictures put its accuracy between ",
                     Percent(interval.low), " and ", Percent(interval.high),
                     " (95 % interval): a few points more or less may be luck"),
                 Cat("judge by more pictures; about ", std::llround(wanted / 50) * 50,
                     " bring it to ±3 points")};
}

std::vector<Finding> Diagnose(const RunFacts& run) {
  std::vector<Finding> findings;
  for (auto rule : {RateTooHigh, OverFitting, UnderFitting, Unfinished, NeverPredicted, FewPictures,
                    SmallValidation}) {
    if (std::optional<Finding> finding = rule(run)) findings.push_back(*std::move(finding));
  }
  return findings;
}

}  // namespace goldcrest::train
