#include "train/diagnosis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random.h"

namespace goldcrest::train {
namespace {

// A run whose curves are functions of the epoch, and what belongs to it.
struct KnownRun {
  FitReport fit;
  std::vector<std::string> classes = {"ant", "bee", "cat"};
  std::vector<int64_t> training = {120, 100, 110};
  std::vector<std::vector<int64_t>> confusion = {{190, 5, 5}, {6, 190, 4}, {5, 5, 190}};
  double rate = 0.001;

  RunFacts facts() const {
    return {
        .fit = fit, .classes = classes, .training = training, .confusion = confusion, .rate = rate};
  }
  std::vector<Symptom> symptoms() const {
    std::vector<Symptom> found;
    for (const Finding& finding : Diagnose(facts())) found.push_back(finding.symptom);
    return found;
  }
};

struct Losses {
  double training, validation;
};
struct Accuracies {
  double training, validation;
};

template <class LossAt, class AccuracyAt>
KnownRun MakeRun(int64_t epochs, LossAt loss, AccuracyAt accuracy) {
  KnownRun run;
  double best = std::numeric_limits<double>::infinity();
  for (int64_t e = 1; e <= epochs; ++e) {
    const Losses losses = loss(static_cast<double>(e));
    const Accuracies accuracies = accuracy(static_cast<double>(e));
    run.fit.epochs.push_back({.epoch = e,
                              .training = {losses.training, accuracies.training},
                              .validation = Score{losses.validation, accuracies.validation},
                              .rate = run.rate,
                              .samples_per_second = 100,
                              .best = losses.validation < best});
    if (losses.validation < best) run.fit.best_epoch = e;
    best = std::min(best, losses.validation);
  }
  return run;
}

Accuracies Good(double) { return {0.96, 0.95}; }

// Falls to 0.15 and stays.
KnownRun Healthy() {
  return MakeRun(
      20, [](double e) { return Losses{0.1 + std::exp(-e / 2), 0.15 + std::exp(-e / 2)}; }, Good);
}

using Symptoms = std::vector<Symptom>;

std::string TextOf(const KnownRun& run) {
  const std::vector<Finding> findings = Diagnose(run.facts());
  return findings.empty() ? "" : findings.front().text;
}

TEST(Diagnosis, NothingIsSaidOfAHealthyRun) { EXPECT_EQ(Healthy().symptoms(), Symptoms()); }

// Losses that shiver by 15 % from epoch to epoch, as those of small batches do, mean nothing.
TEST(Diagnosis, NothingIsSaidOfNoise) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    testing::Random random(seed);
    const KnownRun run = MakeRun(
        30,
        [&](double e) {
          const double noise = 1 + 0.15 * random.Float();
          return Losses{(0.2 + std::exp(-e / 3)) * noise,
                        (0.25 + std::exp(-e / 3)) * (1 + 0.15 * random.Float())};
        },
        Good);
    EXPECT_EQ(run.symptoms(), Symptoms()) << "seed " << seed << ": " << TextOf(run);
  }
}

// The learning rate goes down in steps, and the loss with it.
TEST(Diagnosis, NothingIsSaidOfSteps) {
  const KnownRun run = MakeRun(
      12,
      [](double e) {
        const double step = e <= 4 ? 0.5 : e <= 8 ? 0.3 : 0.25;
        return Losses{step, step + 0.05};
      },
      Good);
  EXPECT_EQ(run.symptoms(), Symptoms());
}

TEST(Diagnosis, NothingIsSaidOfTheCurvesOfOneEpoch) {
  const KnownRun run = MakeRun(1, [](double) { return Losses{0.9, 0.5}; }, Good);
  EXPECT_EQ(run.symptoms(), Symptoms());
}

TEST(Diagnosis, ValidationLossThatRisesIsOverFitting) {
  const KnownRun run = MakeRun(
      20, [](double e) { return Losses{std::exp(-e / 4), 0.4 + 0.002 * (e - 6) * (e - 6)}; }, Good);
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kOverFitting});
  EXPECT_NE(TextOf(run).find("best in epoch 6 (0.400) and rose to 0.792"), std::string::npos)
      << TextOf(run);
  EXPECT_NE(TextOf(run).find("kept is epoch 6"), std::string::npos);
}

TEST(Diagnosis, AShortRunMayOverFitToo) {
  const KnownRun run =
      MakeRun(5, [](double e) { return Losses{1.0 / e, e < 2 ? 0.5 : 0.4 + 0.1 * e}; }, Good);
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kOverFitting});
}

TEST(Diagnosis, AccuracyFarAboveValidationIsOverFitting) {
  KnownRun run = MakeRun(
      20, [](double e) { return Losses{std::exp(-e), 0.6 + std::exp(-e)}; },
      [](double) { return Accuracies{0.99, 0.8}; });
  run.confusion = {{160, 20, 20}, {20, 160, 20}, {20, 20, 160}};
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kOverFitting});
  EXPECT_NE(TextOf(run).find("99.0 % of the pictures that it learned from, but on 80.0 %"),
            std::string::npos)
      << TextOf(run);
  // Of ten pictures, the interval of 80 % reaches up to the training's 94 %.
  for (EpochReport& epoch : run.fit.epochs) epoch.training.accuracy = 0.94;
  run.confusion = {{4, 1, 0}, {1, 2, 0}, {0, 0, 2}};
  EXPECT_FALSE(OverFitting(run.facts()));
}

TEST(Diagnosis, LittleLearnedIsUnderFitting) {
  auto flat = [](double e) { return Losses{0.95 + 0.1 / e, 0.96 + 0.1 / e}; };
  KnownRun run = MakeRun(20, flat, [](double) { return Accuracies{0.6, 0.6}; });
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kUnderFitting});
  // The same accuracy is more than half of what can be had where there are a hundred classes.
  run.training.assign(100, 50);
  run.classes.assign(100, "class");
  EXPECT_FALSE(UnderFitting(run.facts())) << UnderFitting(run.facts())->text;
  // 80 % are little where the largest class alone is 75 %.
  run = MakeRun(20, flat, [](double) { return Accuracies{0.8, 0.8}; });
  EXPECT_FALSE(UnderFitting(run.facts()));
  run.training = {750, 150, 100};
  EXPECT_TRUE(UnderFitting(run.facts()));
}

// Dropout and augmentation make learning harder than judging.
TEST(Diagnosis, LowAccuracyWhileLearningAloneIsNoUnderFitting) {
  const KnownRun run = MakeRun(
      20, [](double) { return Losses{1.0, 0.3}; }, [](double) { return Accuracies{0.5, 0.93}; });
  EXPECT_EQ(run.symptoms(), Symptoms());
}

TEST(Diagnosis, ALossThatStillFallsIsNotFinished) {
  KnownRun run = MakeRun(
      8, [](double e) { return Losses{2 - 0.15 * e, 2 - 0.14 * e}; },
      [](double e) { return Accuracies{0.05 * e, 0.05 * e}; });
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kUnfinished});
  EXPECT_EQ(Diagnose(run.facts())[0].remedy, "go on for longer: --epochs 16");
  run.fit.ending = Ending::kInterrupted;
  EXPECT_FALSE(Unfinished(run.facts()));
}

TEST(Diagnosis, AFewEpochsThatFallAreNotFinished) {
  for (int64_t epochs : {2, 3, 4}) {
    const KnownRun run = MakeRun(
        epochs, [](double e) { return Losses{1 / e, 1 / e}; },
        [](double) { return Accuracies{0.5, 0.5}; });
    EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kUnfinished}) << epochs;
  }
}

// A loss above that of knowing nothing, which creeps down.
TEST(Diagnosis, ATinyRateIsUnderFitting) {
  const KnownRun run = MakeRun(
      20, [](double e) { return Losses{2.2 - 0.002 * e, 2.3 - 0.002 * e}; },
      [](double) { return Accuracies{0.3, 0.3}; });
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kUnderFitting});
}

TEST(Diagnosis, AnInfiniteLossIsTooHighARate) {
  KnownRun run = MakeRun(3, [](double e) { return Losses{e, e}; }, Good);
  run.fit.ending = Ending::kDiverged;
  run.fit.infinite = "the loss";
  ASSERT_FALSE(run.symptoms().empty());
  EXPECT_EQ(run.symptoms().front(), Symptom::kRateTooHigh);
  EXPECT_EQ(TextOf(run), "the loss became infinite in epoch 4");
  run.fit.infinite = "a parameter";
  EXPECT_EQ(TextOf(run), "a parameter became infinite in epoch 4");
  EXPECT_NE(Diagnose(run.facts())[0].remedy.find("such as 0.0003 (it is 0.001)"),
            std::string::npos);
}

TEST(Diagnosis, ALossThatRisesOrJumpsIsTooHighARate) {
  KnownRun run = MakeRun(10, [](double e) { return Losses{0.5 + 0.05 * e, 0.5 + 0.05 * e}; }, Good);
  EXPECT_TRUE(RateTooHigh(run.facts()));
  run =
      MakeRun(10, [](double e) { return Losses{e < 5 ? 6 - e : 4 + 0.5 * std::sin(e), e}; }, Good);
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kRateTooHigh});
  auto jumps = [](int count) {
    return MakeRun(
        12,
        [count](double e) {
          const bool up = (e == 5 && count > 0) || (e == 9 && count > 1);
          return Losses{up ? 0.9 : 0.4, 0.4};
        },
        Good);
  };
  EXPECT_FALSE(RateTooHigh(jumps(1).facts()));
  ASSERT_TRUE(RateTooHigh(jumps(2).facts()));
  EXPECT_EQ(RateTooHigh(jumps(2).facts())->text,
            "the training loss jumped up 2 times, in epochs 5, 9");
}

TEST(Diagnosis, AClassThatIsNeverTheAnswerIsNamed) {
  KnownRun run = Healthy();
  run.confusion = {{190, 10, 0}, {5, 195, 0}, {0, 7, 0}};
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kNeverPredicted});
  EXPECT_EQ(TextOf(run), "'cat' is never the answer; 'cat' is taken for 'bee' most (7 of 7)");
  // Of two pictures it may be luck, and of none it is none.
  run.confusion[2] = {0, 2, 0};
  EXPECT_FALSE(NeverPredicted(run.facts()));
  run.confusion = {{200, 0, 0}, {200, 0, 0}, {200, 0, 0}};
  EXPECT_EQ(NeverPredicted(run.facts())->text, "every answer is 'ant'");
}

TEST(Diagnosis, FewPicturesAreNamedFromTheFewestOn) {
  KnownRun run = Healthy();
  run.training = {20, 200, 200};
  EXPECT_EQ(run.symptoms(), Symptoms());
  run.training = {19, 200, 200};
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kFewPictures});
  EXPECT_EQ(TextOf(run), "'ant' has only 19 pictures to learn from");
  run.training = {19, 200, 3};
  EXPECT_EQ(TextOf(run),
            "'cat' and 'ant' have less than 20 pictures each to learn from, the first only 3");
}

TEST(Diagnosis, AWideIntervalIsTold) {
  KnownRun run = Healthy();
  run.confusion = {{14, 1, 0}, {1, 14, 0}, {0, 0, 10}};
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kSmallValidation});
  // Wilson's interval of 38 of 40, by statsmodels.
  EXPECT_NE(TextOf(run).find("40 validation pictures put its accuracy between 83.5 % and 98.6 %"),
            std::string::npos)
      << TextOf(run);
  run.confusion.clear();
  EXPECT_EQ(run.symptoms(), Symptoms{Symptom::kSmallValidation});
}

}  // namespace
}  // namespace goldcrest::train
