#include "pipeline/evaluate.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <numeric>

#include "base/file.h"
#include "base/make_each.h"
#include "base/thread_pool.h"
#include "evaluate/match_classes.h"
#include "graph/cost.h"
#include "graph/infer.h"
#include "pipeline/evaluated_session.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "pipeline/statistics.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

using evaluate::Answer;

constexpr double kFar = 1e-3;  // nats
constexpr std::string_view kBackground = "background";

struct Model {
  std::string path;
  graph::Graph graph;
  std::span<const std::vector<float>> outputs;  // by sample, where they are known
  size_t skip = 0;                              // classes before the first that counts
  std::vector<EvaluatedSession> sessions;       // by worker
};

struct Times {
  double run_ms = 0;
  double preprocess_ms = 0;
};

// What comes of the samples, by their number in the set.
struct Outcomes {
  std::vector<std::vector<Answer>> answers;              // by model
  std::vector<std::vector<std::optional<Times>>> times;  // by model; none where it was not run
  std::vector<std::optional<Error>> failures;

  Outcomes(size_t models, size_t samples)
      : answers(models, std::vector<Answer>(samples)),
        times(models, std::vector<std::optional<Times>>(samples)),
        failures(samples) {}
};

Result<Model> ReadOne(const EvaluateOptions& options, const EvaluatedSource& source,
                      EvaluatedModel& report) {
  const std::string& path = source.path;
  report.model = path;
  report.file_bytes = source.file_bytes;
  Model model{.path = path, .outputs = source.outputs};
  if (source.graph) {
    model.graph = *source.graph;
  } else {
    GOLDCREST_TRY(const StoredModel stored, DescribeStored(path));
    report.file_bytes = stored.bytes;
    const bool takes = options.models.size() == 1 || LeavesEndsOpen(path);
    GOLDCREST_TRY(model.graph, ReadModel(path, takes ? options.import : ImportOptions()));
  }
  report.parameters = graph::ParameterCount(model.graph);
  graph::Graph bound = model.graph;
  if (graph::BindDefaultShapes(bound)) {
    for (const graph::Node& node : bound.nodes) {
      report.multiply_adds += graph::MultiplyAdds(bound, node);
    }
  }
  if (!options.labels.empty()) {
    GOLDCREST_TRY(model.graph.metadata.labels,
                  ReadLabels(options.labels, ClassCount(model.graph), report.notes));
  }
  return model;
}

Status MakeSessions(const EvaluateOptions& options, const data::DataSet& set,
                    base::ThreadPool& workers, Model& model, EvaluatedModel& report) {
  const EvaluatedSessionOptions session_options{options.contract,
                                                options.arithmetic,
                                                options.precision,
                                                options.most_pixels,
                                                api::CacheFileOf(options.cache, model.path),
                                                options.tuning.get()};
  GOLDCREST_TRY(model.sessions, Within(base::Cat("preparing ", model.path),
                                       base::MakeEach(workers, workers.threads(), [&](int64_t) {
                                         return EvaluatedSession::Create(model.graph, set,
                                                                         session_options);
                                       })));
  const EvaluatedSession& session = model.sessions.front();
  const graph::Metadata& metadata = session.session().graph().metadata;
  if (metadata.input_contract) {
    report.input_contract = tensor::Describe(*metadata.input_contract);
    report.input_contract_from = metadata.input_contract_from;
  }
  const std::vector<std::string>& notes = session.session().notes();
  report.notes.insert(report.notes.end(), notes.begin(), notes.end());
  if (session.takes_whole()) {
    report.notes.emplace_back("the pictures have the size of the model's input: taken whole");
  }
  return {};
}

// The labels of the classes that count; none where the model has no labels.
std::vector<std::string> ClassNames(const Model& model) {
  const std::vector<std::string>& labels = model.graph.metadata.labels;
  if (labels.empty()) return {};
  return {labels.begin() + static_cast<ptrdiff_t>(model.skip), labels.end()};
}

// Finds the classes that all models have.
Status AlignClasses(std::vector<Model>& models, EvaluateReport& report) {
  auto classes = [](const Model& model) { return model.sessions.front().classes(); };
  report.classes = classes(*std::ranges::min_element(models, {}, classes));
  for (size_t i = 0; i < models.size(); ++i) {
    Model& model = models[i];
    const std::vector<std::string>& labels = model.graph.metadata.labels;
    const int64_t more = classes(model) - report.classes;
    const bool background = more == 1 && !labels.empty() && labels[0] == kBackground;
    if (more != 0 && !background) {
      return Fail(ErrorCode::kInvalid, model.path, " has ", classes(model),
                  " classes and another model ", report.classes, "; they cannot be compared");
    }
    if (background) {
      model.skip = 1;
      report.models[i].notes.push_back(
          base::Cat("the class 'background', the first of ", classes(model),
                    ", was left out: another model has ", report.classes, " classes"));
    }
    std::vector<std::string> names = ClassNames(model);
    if (report.class_names.empty()) report.class_names = std::move(names);
  }
  return {};
}

// By class of the data the class of the models. Of a model without labels the numbers are taken
// that the data has.
Result<std::vector<int64_t>> MatchedClasses(const EvaluateReport& report) {
  const std::vector<std::string>& names = report.set->classes();
  const bool by_number =
      report.class_names.empty() && report.set->numbered() && std::ssize(names) == report.classes;
  if (!by_number) return evaluate::MatchClasses(names, report.class_names, report.classes);
  std::vector<int64_t> numbers(names.size());
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  return numbers;
}

// By sample the class of the models; empty where the data has no labels.
Result<std::vector<int64_t>> LabelsOf(const EvaluateOptions& options,
                                      const EvaluateReport& report) {
  std::vector<int64_t> labels;
  if (options.ignore_labels || report.set->classes().empty()) return labels;
  GOLDCREST_TRY(
      std::vector<int64_t> classes,
      Within(base::Cat("matching the classes of ", options.data), MatchedClasses(report)));
  labels.reserve(static_cast<size_t>(report.set->size()));
  for (int64_t i = 0; i < report.set->size(); ++i) {
    labels.push_back(classes[static_cast<size_t>(report.set->label(i))]);
  }
  return labels;
}

// The model's output for sample i, by running it on the sample.
Result<Times> RunOn(int64_t i, EvaluatedSession& session, std::vector<float>& output) {
  Times times;
  auto start = Clock::now();
  GOLDCREST_RETURN_IF_ERROR(session.Read(i));
  times.preprocess_ms = MillisecondsSince(start);
  start = Clock::now();
  GOLDCREST_RETURN_IF_ERROR(session.Run(output));
  times.run_ms = MillisecondsSince(start);
  return times;
}

// All models on sample i, for one worker.
Status ScoreSample(std::vector<Model>& models, size_t worker, int64_t i, int64_t label,
                   std::vector<std::vector<float>>& scores, Outcomes& outcomes) {
  const auto at = static_cast<size_t>(i);
  for (size_t m = 0; m < models.size(); ++m) {
    EvaluatedSession& session = models[m].sessions[worker];
    const bool known = at < models[m].outputs.size() && !models[m].outputs[at].empty();
    if (known) {
      scores[m] = models[m].outputs[at];
    } else {
      GOLDCREST_TRY(outcomes.times[m][at], RunOn(i, session, scores[m]));
    }
    session.ToScores(models[m].skip, scores[m]);
    const double floor = std::max(models[0].sessions[worker].floor(), session.floor());
    outcomes.answers[m][at] = evaluate::Judge(scores[m], label, scores[0], floor);
  }
  return {};
}

void ScoreAll(base::ThreadPool& workers, std::vector<Model>& models,
              const std::vector<int64_t>& labels, int64_t samples, Outcomes& outcomes,
              const std::function<void(double share)>& progress) {
  std::atomic<int64_t> next = 0;
  std::mutex mutex;  // of what follows
  int64_t done = 0;
  auto work = [&](int64_t worker) noexcept {
    std::vector<std::vector<float>> scores(models.size());
    for (int64_t i = next++; i < samples; i = next++) {
      const auto at = static_cast<size_t>(i);
      const int64_t label = labels.empty() ? -1 : labels[at];
      try {
        Status status =
            ScoreSample(models, static_cast<size_t>(worker), i, label, scores, outcomes);
        if (!status) outcomes.failures[at] = std::move(status.error());
      } catch (const std::bad_alloc&) {
        outcomes.failures[at] = Error{ErrorCode::kLimit, "not enough memory"};
      }
      const std::lock_guard lock(mutex);
      progress(static_cast<double>(++done) / static_cast<double>(samples));
    }
  };
  workers.ForEach(workers.threads(), work);
}

// What is left of the outcomes where samples that could not be read are left out.
Status Report(Outcomes outcomes, const std::vector<int64_t>& labels, EvaluateReport& report) {
  for (int64_t i = 0; i < report.set->size(); ++i) {
    const auto at = static_cast<size_t>(i);
    const std::string name = report.set->name(i);
    if (outcomes.failures[at]) {
      report.skipped.push_back({name, outcomes.failures[at]->ToString()});
      continue;
    }
    report.pictures.push_back(name);
    report.samples.push_back(i);
    if (!labels.empty()) report.labels.push_back(labels[at]);
  }
  if (report.pictures.empty()) {
    return Fail(ErrorCode::kInvalid, "none of the ", report.set->size(),
                " samples can be used; the first: ", report.skipped.front().reason);
  }
  for (size_t m = 0; m < report.models.size(); ++m) {
    EvaluatedModel& model = report.models[m];
    std::vector<double> run_ms;
    std::vector<double> preprocess_ms;
    model.answers.reserve(report.samples.size());
    for (int64_t sample : report.samples) {
      const auto at = static_cast<size_t>(sample);
      model.answers.push_back(outcomes.answers[m][at]);
      if (const std::optional<Times>& times = outcomes.times[m][at]) {
        run_ms.push_back(times->run_ms);
        preprocess_ms.push_back(times->preprocess_ms);
      }
    }
    if (!run_ms.empty()) {
      model.run_ms = Summarize(run_ms).median;
      model.preprocess_ms = Summarize(preprocess_ms).median;
    }
    model.summary = evaluate::Summarize(model.answers, report.models.front().answers);
  }
  return {};
}

}  // namespace

std::string EvaluateReport::ClassName(int64_t index) const {
  const auto at = static_cast<size_t>(index);
  return at < class_names.size() ? class_names[at] : base::Cat("class ", index);
}

std::string EvaluateReport::ShortClassName(int64_t index) const {
  const std::string name = ClassName(index);
  return name.substr(0, name.find(','));
}

Result<EvaluateReport> Evaluate(const EvaluateOptions& options,
                                const std::function<void(double share)>& progress) {
  EvaluateReport report;
  GOLDCREST_TRY(report.set,
                data::Open(options.data, {.limit = options.limit, .fetch = options.fetch}));
  report.data = report.set->description();
  report.notes = report.set->notes();
  report.models.resize(options.models.size());
  std::vector<Model> models;
  for (size_t i = 0; i < options.models.size(); ++i) {
    GOLDCREST_TRY(Model model, ReadOne(options, options.models[i], report.models[i]));
    models.push_back(std::move(model));
  }
  base::ThreadPool workers(
      static_cast<int>(std::min<int64_t>(options.threads, report.set->size())));
  for (size_t i = 0; i < models.size(); ++i) {
    GOLDCREST_RETURN_IF_ERROR(
        MakeSessions(options, *report.set, workers, models[i], report.models[i]));
  }
  GOLDCREST_RETURN_IF_ERROR(AlignClasses(models, report));
  GOLDCREST_TRY(std::vector<int64_t> labels, LabelsOf(options, report));
  const bool same_classes = std::ssize(report.set->classes()) == report.classes;
  if (report.class_names.empty() && report.set->numbered() && same_classes) {
    report.class_names = report.set->classes();
  }
  Outcomes outcomes(models.size(), static_cast<size_t>(report.set->size()));
  ScoreAll(workers, models, labels, report.set->size(), outcomes, progress);
  GOLDCREST_RETURN_IF_ERROR(Report(std::move(outcomes), labels, report));
  return report;
}

std::vector<size_t> WorstPictures(const EvaluateReport& report, size_t model, size_t most) {
  const std::vector<Answer>& answers = report.models[model].answers;
  const std::vector<Answer>& first = report.models.front().answers;
  std::vector<size_t> worst;
  for (size_t i = 0; i < answers.size(); ++i) {
    const bool far = answers[i].best != first[i].best || answers[i].divergence > kFar;
    if (model == 0 ? answers[i].rank > 0 : far) worst.push_back(i);
  }
  std::ranges::stable_sort(worst, [&](size_t a, size_t b) {
    if (model == 0) return answers[a].label_score < answers[b].label_score;
    return answers[a].divergence > answers[b].divergence;
  });
  worst.resize(std::min(worst.size(), most));
  return worst;
}

std::vector<evaluate::ClassResult> WorstClasses(const EvaluateReport& report, size_t model,
                                                size_t most) {
  std::vector<evaluate::ClassResult> classes =
      evaluate::ByClass(report.labels, report.models[model].answers, report.models.front().answers);
  auto loss = [&](const evaluate::ClassResult& result) {
    if (model == 0) return 1 - result.top1.value();
    return static_cast<double>(result.first_top1.hits - result.top1.hits);
  };
  std::erase_if(classes, [&](const evaluate::ClassResult& result) { return loss(result) <= 0; });
  std::ranges::stable_sort(classes, std::greater(), loss);
  classes.resize(std::min(classes.size(), most));
  return classes;
}

}  // namespace goldcrest::pipeline
