#include "pipeline/inspect.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/tuning_flag.h"
#include "graph/text.h"
#include "pipeline/odd_ranges.h"

namespace goldcrest::cli {
namespace {

struct InspectFlags {
  pipeline::InspectOptions options;
  std::string tuning;
  bool json = false;
  bool text = false;
};

std::string TypeAndShape(const graph::Value& value) {
  return base::Cat(tensor::NameOf(value.dtype), tensor::ToString(value.shape));
}

// "0.0235, -128" (scale and zero point), "32 scales, 0.0012 x 41" (the smallest, and how many times
// that the largest is), or "" where integers stand for themselves.
std::string Scales(const graph::Value& value) {
  const tensor::Quantization& q = value.quantization;
  if (q.empty()) return "";
  if (q.per_channel()) {
    return base::Cat(q.scale.size(), " scales, ", *std::ranges::min_element(q.scale), " x ",
                     base::Fixed(pipeline::ScaleSpread(q), 0));
  }
  return base::Cat(q.scale[0], ", ", q.zero_point[0]);
}

// Attributes of an operator as JSON members.
struct JsonFields {
  nlohmann::ordered_json& json;
  void operator()(const char* name, int64_t v) const { json[name] = v; }
  void operator()(const char* name, double v) const { json[name] = v; }
  void operator()(const char* name, bool v) const { json[name] = v; }
  void operator()(const char* name, const std::string& v) const { json[name] = v; }
  void operator()(const char* name, const std::vector<int64_t>& v) const { json[name] = v; }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void operator()(const char* name, Enum v) const {
    json[name] = NameOf(v);  // the namespace's of the type
  }
  void operator()(const char* name, const graph::Padding& v) const {
    json[name] = graph::ToString(v);
  }
};

nlohmann::ordered_json ValueJson(const graph::Value& value) {
  nlohmann::ordered_json json;
  json["name"] = value.name;
  json["dtype"] = tensor::NameOf(value.dtype);
  json["shape"] = value.shape;
  json["constant"] = value.constant.has_value();
  if (!value.quantization.empty()) {
    json["scale"] = value.quantization.scale;
    json["scale_spread"] = pipeline::ScaleSpread(value.quantization);
    json["zero_point"] = value.quantization.zero_point;
    json["axis"] = value.quantization.axis;
  }
  return json;
}

nlohmann::ordered_json RefusedJson(const std::vector<runtime::Refusal>& refused) {
  auto json = nlohmann::ordered_json::array();
  for (const runtime::Refusal& one : refused) {
    json.push_back({{"kernel", one.kernel}, {"reason", one.reason}});
  }
  return json;
}

void AddBands(const pipeline::InspectReport::Plan& plan, nlohmann::ordered_json& json) {
  json["arena_bytes_without_bands"] = plan.whole_arena_bytes;
  if (!plan.no_bands_because.empty()) json["no_bands_because"] = plan.no_bands_because;
  json["bands"] = nlohmann::ordered_json::array();
  for (const pipeline::ExplainedBand& band : plan.bands) {
    auto nodes = nlohmann::ordered_json::array();
    for (size_t step = band.first; step < band.last; ++step) nodes.push_back(plan.step_nodes[step]);
    json["bands"].push_back({{"nodes", std::move(nodes)},
                             {"line_buffer_bytes", band.line_buffer_bytes},
                             {"output_bytes", band.makes_bytes},
                             {"ends_because", band.ends_because}});
  }
}

nlohmann::ordered_json ToJson(const InspectFlags& flags, const pipeline::InspectReport& report) {
  const graph::Graph& graph = report.graph;
  nlohmann::ordered_json json;
  json["model"] = flags.options.model;
  json["format"] = report.format;
  json["file_bytes"] = report.file_bytes;
  json["name"] = graph.name;
  json["parameters"] = report.parameters;
  json["multiply_adds"] = report.multiply_adds;
  json["inputs"] = graph.inputs;
  json["outputs"] = graph.outputs;
  if (report.plan) {
    json["arena_bytes"] = report.plan->arena_bytes;
  } else {
    json["cannot_run"] = report.cannot_run;
  }
  if (report.plan && flags.options.explain) AddBands(*report.plan, json);
  const graph::Metadata& metadata = graph.metadata;
  if (metadata.input_contract) {
    json["input_contract"] =
        nlohmann::ordered_json::parse(tensor::ToJson(*metadata.input_contract), nullptr, false);
    json["input_contract_from"] = metadata.input_contract_from;
  }
  json["labels"] = metadata.labels;
  json["warnings"] = report.warnings;
  json["values"] = nlohmann::ordered_json::array();
  json["nodes"] = nlohmann::ordered_json::array();
  for (const graph::Value& value : graph.values) json["values"].push_back(ValueJson(value));
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    nlohmann::ordered_json attributes = nlohmann::ordered_json::object();
    std::visit([&]<class T>(const T& op) { T::Fields(op, JsonFields{attributes}); }, node.op);
    nlohmann::ordered_json entry = {{"op", graph::NameOf(node.op)},
                                    {"inputs", node.inputs},
                                    {"output", node.output},
                                    {"attributes", attributes},
                                    {"multiply_adds", report.node_multiply_adds[i]}};
    if (report.plan) entry["kernel"] = report.plan->kernels[i];
    if (report.plan && flags.options.explain)
      entry["refused"] = RefusedJson(report.plan->refused[i]);
    json["nodes"].push_back(std::move(entry));
  }
  return json;
}

std::string Header(const InspectFlags& flags, const pipeline::InspectReport& report) {
  const graph::Graph& graph = report.graph;
  const graph::Metadata& metadata = graph.metadata;
  std::string text = base::Cat("model       ", flags.options.model, " (", report.format, ", ",
                               base::Bytes(report.file_bytes), ")\n");
  text += base::Cat("name        ", graph.name, "\n");
  auto ends = [&](const char* what, const std::vector<graph::ValueId>& ids,
                  const std::vector<std::string>& names) {
    for (size_t i = 0; i < ids.size(); ++i) {
      const graph::Value& value = graph.value(ids[i]);
      text += base::Cat(what, names.empty() ? value.name : names[i], " ", TypeAndShape(value));
      text += value.quantization.empty() ? "\n" : base::Cat(" (", Scales(value), ")\n");
    }
  };
  ends("input       ", graph.inputs, graph.input_names);
  ends("output      ", graph.outputs, graph.output_names);
  text += metadata.input_contract
              ? base::Cat("pictures    ", tensor::Describe(*metadata.input_contract), " (from ",
                          metadata.input_contract_from, ")\n")
              : "pictures    the file does not say how they become its input\n";
  const std::vector<std::string>& labels = metadata.labels;
  text += labels.empty() ? "labels      none\n"
                         : base::Cat("labels      ", labels.size(), ", from '", labels.front(),
                                     "' to '", labels.back(), "'\n");
  text += base::Cat("parameters  ", report.parameters, "\nmult-adds   ",
                    Short(report.multiply_adds), "\n");
  text += report.plan ? base::Cat("arena       ", base::Bytes(report.plan->arena_bytes),
                                  " of activations\n")
                      : base::Cat("cannot run  ", report.cannot_run, "\n");
  return text;
}

std::string Operators(const pipeline::InspectReport& report) {
  const graph::Graph& graph = report.graph;
  const bool quantized = std::ranges::any_of(
      graph.values, [](const graph::Value& value) { return !value.quantization.empty(); });
  std::vector<std::string> header = {"#",       "operator",  "output", "shape",
                                     "weights", "mult-adds", "kernel"};
  if (quantized) {
    header.insert(header.begin() + 4, "scale, zero point");
    header.insert(header.begin() + 6, "of weights");
  }
  Table table(header, {0, header.size() - 2});
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    std::string weights;
    std::string weight_scales;
    if (node.inputs.size() > 1 && graph.value(node.inputs[1]).constant) {
      const graph::Value& value = graph.value(node.inputs[1]);
      weights = quantized ? TypeAndShape(value) : tensor::ToString(value.shape);
      weight_scales = Scales(value);
    }
    const graph::Value& output = graph.value(node.output);
    std::vector<std::string> row = {base::Cat(i),
                                    std::string(graph::NameOf(node.op)),
                                    ShortName(graph.NameOf(node)),
                                    TypeAndShape(output),
                                    weights,
                                    Short(report.node_multiply_adds[i]),
                                    report.plan ? report.plan->kernels[i] : ""};
    if (quantized) {
      row.insert(row.begin() + 4, Scales(output));
      row.insert(row.begin() + 6, weight_scales);
    }
    table.Add(std::move(row));
  }
  return table.ToString();
}

// The kernel of each operator, and why those before it in its table were not taken.
std::string Kernels(const pipeline::InspectReport& report) {
  if (!report.plan) return "";
  const graph::Graph& graph = report.graph;
  Table table({"#", "operator", "output", "kernel", "before it", "not taken because"}, {0});
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    std::vector<std::string> row = {base::Cat(i),
                                    std::string(graph::NameOf(graph.nodes[i].op)),
                                    ShortName(graph.NameOf(graph.nodes[i])),
                                    report.plan->kernels[i],
                                    "",
                                    ""};
    for (const runtime::Refusal& refused : report.plan->refused[i]) {
      row[4] = refused.kernel;
      row[5] = refused.reason;
      table.Add(std::exchange(row, std::vector<std::string>(6)));
    }
    if (!row[0].empty()) table.Add(std::move(row));
  }
  return table.ToString();
}

// The operators whose chunks are mixed, and why no more of them are.
std::string Bands(const pipeline::InspectReport& report) {
  if (!report.plan) return "";
  const pipeline::InspectReport::Plan& plan = *report.plan;
  if (!plan.no_bands_because.empty()) {
    return base::Cat("\nbands       none: ", plan.no_bands_because, "\n");
  }
  Table table({"band", "line buffers", "makes", "goes no further because"});
  for (const pipeline::ExplainedBand& band : plan.bands) {
    const size_t first = plan.step_nodes[band.first];
    const size_t last = plan.step_nodes[band.last - 1];
    std::vector<std::string> buffers(band.line_buffer_bytes.size());
    std::ranges::transform(band.line_buffer_bytes, buffers.begin(), base::Bytes);
    table.Add({first == last ? base::Cat("#", first) : base::Cat("#", first, " to #", last),
               buffers.empty() ? "none" : base::Join(buffers, " + "),
               base::Bytes(static_cast<uint64_t>(band.makes_bytes)), band.ends_because});
  }
  return base::Cat("\nbands       values of ", base::Bytes(runtime::kLargeBytes),
                   " or more pass through line buffers where the operators that make and read ",
                   "them can take turns\narena       ", base::Bytes(plan.arena_bytes), ", ",
                   base::Bytes(plan.whole_arena_bytes), " without bands\n\n", table.ToString());
}

Status Inspect(InspectFlags& flags) {
  GOLDCREST_TRY(flags.options.tuning, LoadTuning(flags.tuning, flags.options.threads));
  GOLDCREST_TRY(const pipeline::InspectReport report, pipeline::Inspect(flags.options));
  PrintNotes(report.graph.metadata.notes);
  for (const std::string& warning : report.warnings) {
    std::fprintf(stderr, "warning: %s\n", Printable(warning).c_str());
  }
  if (flags.json) {
    PrintJson(ToJson(flags, report));
    return {};
  }
  std::string text = flags.text ? graph::ToText(report.graph)
                                : Header(flags, report) + "\n" +
                                      (flags.options.explain ? Kernels(report) + Bands(report)
                                                             : Operators(report));
  size_t start = 0;
  while (start < text.size()) {  // names come from the file: line by line, printable
    size_t end = std::min(text.find('\n', start), text.size());
    std::printf("%s\n", Printable(std::string_view(text).substr(start, end - start)).c_str());
    start = end + 1;
  }
  return {};
}

}  // namespace

Action AddInspect(CLI::App& app) {
  auto flags = std::make_shared<InspectFlags>();
  pipeline::InspectOptions& options = flags->options;
  app.add_option("model", options.model, "the model: .tflite, Keras .keras or .h5")->required();
  AddInputShapesFlag(app, options.input_shapes);
  AddEndsFlags(app, options.import);
  app.add_flag("--json", flags->json, "print the whole graph as JSON");
  app.add_flag("--text", flags->text, "print the graph's text form")->excludes("--json");
  app.add_flag("--explain", options.explain,
               "for each operator the kernel, and why others were not taken; which operators take "
               "turns, and why no more of them")
      ->excludes("--text");
  app.add_option("--threads", options.threads, "threads that the plan is made for")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  AddTuningFlag(app, flags->tuning);
  return [flags] { return Inspect(*flags); };
}

}  // namespace goldcrest::cli
