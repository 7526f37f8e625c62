#include "pipeline/tuning_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/cpu_features.h"
#include "base/file.h"
#include "graph/text.h"
#include "pipeline/kernel_tables.h"
#include "pipeline/processor_name.h"

namespace goldcrest::pipeline {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kTuningVersion = 1;
constexpr size_t kMostTuningBytes = size_t{16} << 20;
constexpr const char* kTuneAgain = "make one with goldcrest benchmark MODEL --tune -o FILE";

// Members of an object; the first that is not there, or of another type, is the error.
class TuningMembers {
 public:
  TuningMembers(const ordered_json& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  std::string Text(const char* name) {
    const ordered_json* member = Find(name, ordered_json::value_t::string, "a text");
    return member == nullptr ? "" : member->get<std::string>();
  }
  int64_t Count(const char* name) {
    const ordered_json* member =
        Find(name, ordered_json::value_t::number_unsigned, "a whole number");
    return member == nullptr ? 0 : member->get<int64_t>();
  }
  bool Bool(const char* name) {
    const ordered_json* member = Find(name, ordered_json::value_t::boolean, "true or false");
    return member != nullptr && member->get<bool>();
  }
  const ordered_json& List(const char* name) {
    static const ordered_json kNone = ordered_json::array();
    const ordered_json* member = Find(name, ordered_json::value_t::array, "a list");
    return member == nullptr ? kNone : *member;
  }
  Status status() const { return status_; }

 private:
  const ordered_json* Find(const char* name, ordered_json::value_t type, const char* expected) {
    if (object_.is_object()) {
      const auto found = object_.find(name);
      if (found != object_.end() && found->type() == type) return &*found;
    }
    if (status_) {
      status_ = Fail(ErrorCode::kInvalid, where_, "'", name, "' is not there, or not ", expected,
                     "; ", kTuneAgain);
    }
    return nullptr;
  }

  const ordered_json& object_;
  std::string where_;
  Status status_;
};

// Microseconds are for people.
double Rounded(double number) { return std::round(number * 1000) / 1000; }

std::string Of(const TunedFor& made) {
  return base::Cat(made.processor, " (", made.isa, "), ", made.threads,
                   made.threads == 1 ? " thread, " : " threads, ", made.arithmetic, ", ",
                   made.precision);
}

}  // namespace

std::string LayerKey(const graph::Graph& graph, const graph::Node& node) {
  const auto value = [&](graph::ValueId id) {
    const graph::Value& v = graph.value(id);
    return base::Cat(tensor::NameOf(v.dtype), tensor::ToString(v.shape));
  };
  std::string key = graph::ToText(node.op);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    key += base::Cat(i == 0 ? ": " : ", ", value(node.inputs[i]));
  }
  return base::Cat(key, " -> ", value(node.output));
}

std::string ToJson(const TuningFile& file) {
  ordered_json json;
  json["goldcrest_tuning"] = kTuningVersion;
  json["processor"] = file.made_for.processor;
  json["isa"] = file.made_for.isa;
  json["threads"] = file.made_for.threads;
  json["arithmetic"] = file.made_for.arithmetic;
  json["precision"] = file.made_for.precision;
  json["model"] = file.model;
  json["default_ms"] = Rounded(file.default_ms);
  json["tuned_ms"] = Rounded(file.tuned_ms);
  json["bands"] = file.bands;
  json["layers"] = ordered_json::array();
  for (const TunedLayer& layer : file.layers) {
    ordered_json times = ordered_json::object();
    for (const auto& [kernel, us] : layer.row_us) times[kernel] = Rounded(us);
    json["layers"].push_back({{"layer", layer.layer},
                              {"steps", layer.steps},
                              {"default", layer.standard},
                              {"kernel", layer.kernel},
                              {"us", std::move(times)}});
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<TuningFile> TuningFromJson(std::string_view text) {
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("goldcrest_tuning")) {
    return Fail(ErrorCode::kInvalid, "it is no tuning: a JSON object with a member ",
                "'goldcrest_tuning' was expected; ", kTuneAgain);
  }
  TuningMembers members(json, "");
  const int64_t version = members.Count("goldcrest_tuning");
  GOLDCREST_RETURN_IF_ERROR(members.status());
  if (version != kTuningVersion) {
    return Fail(ErrorCode::kUnsupported, "it is a tuning of version ", version, ", ",
                kTuningVersion, " expected; ", kTuneAgain);
  }
  TuningFile file{
      .made_for = {members.Text("processor"), members.Text("isa"), members.Count("threads"),
                   members.Text("arithmetic"), members.Text("precision")},
      .model = members.Text("model"),
      .bands = members.Bool("bands")};
  size_t index = 0;
  for (const ordered_json& layer : members.List("layers")) {
    TuningMembers of_layer(layer, base::Cat("layer ", index++, " › "));
    file.layers.push_back({.layer = of_layer.Text("layer"),
                           .standard = of_layer.Text("default"),
                           .kernel = of_layer.Text("kernel")});
    GOLDCREST_RETURN_IF_ERROR(of_layer.status());
  }
  GOLDCREST_RETURN_IF_ERROR(members.status());
  return file;
}

Result<TunedFor> TunedForThis(int threads, tensor::Arithmetic arithmetic,
                              tensor::Precision precision) {
  GOLDCREST_TRY(const base::Isa isa, base::AllowedIsa());
  return TunedFor{.processor = ProcessorName(),
                  .isa = std::string(base::NameOf(isa)),
                  .threads = threads,
                  .arithmetic = std::string(tensor::NameOf(arithmetic)),
                  .precision = std::string(tensor::NameOf(precision))};
}

std::shared_ptr<const runtime::Tuning> TuningOf(KernelsByLayer kernels, bool bands) {
  return std::make_shared<const runtime::Tuning>(
      [kernels = std::move(kernels)](const graph::Graph& graph,
                                     const graph::Node& node) -> std::string_view {
        const auto found = kernels.find(LayerKey(graph, node));
        return found == kernels.end() ? std::string_view() : found->second;
      },
      bands);
}

Result<std::shared_ptr<const runtime::Tuning>> OpenTuning(const std::string& path,
                                                          const TunedFor& now,
                                                          std::vector<std::string>& notes) {
  const auto read = [&]() -> Result<TuningFile> {
    GOLDCREST_TRY(const auto mapped, base::MappedFile::Open(path));
    if (mapped->bytes().size() > kMostTuningBytes) {
      return Fail(ErrorCode::kLimit, "it has ", base::Bytes(mapped->bytes().size()),
                  "; a tuning has at most ", base::Bytes(kMostTuningBytes));
    }
    return TuningFromJson(base::AsText(mapped->bytes()));
  };
  GOLDCREST_TRY(const TuningFile file, Within(base::Cat("reading ", path), read()));
  if (file.made_for != now) {
    notes.push_back(base::Cat(path, " was made for ", Of(file.made_for), "; this is ", Of(now),
                              ", so kernels are chosen by rule: benchmark --tune measures them"));
    return nullptr;
  }
  KernelsByLayer kernels;
  for (const TunedLayer& layer : file.layers) {
    if (layer.kernel == layer.standard) continue;
    if (KernelTableWith(layer.kernel).empty()) {
      notes.push_back(base::Cat(path, " names the kernel ", layer.kernel,
                                ", which this version does not have; the one chosen by rule takes ",
                                "its place: benchmark --tune measures anew"));
    }
    kernels[layer.layer] = layer.kernel;
  }
  return TuningOf(std::move(kernels), file.bands);
}

}  // namespace goldcrest::pipeline
