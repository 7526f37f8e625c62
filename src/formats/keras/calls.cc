#include "formats/keras/calls.h"

#include <algorithm>
#include <array>

#include "formats/keras/config.h"

namespace goldcrest::formats::keras {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;
constexpr size_t kMostNumbers = 1 << 20;
// Under which operations name operands that are not given by place.
constexpr std::array<std::string_view, 4> kOperandNames = {"x", "y", "x1", "x2"};

std::unexpected<Error> Malformed() {
  return Fail(ErrorCode::kInvalid, "its inbound_nodes are malformed");
}

std::unexpected<Error> TooDeep() {
  return Fail(ErrorCode::kInvalid, "its inbound_nodes are nested too deeply");
}

// A layer called with training=True computes another thing than at inference; we would get it
// wrong.
Status ExpectInferenceCall(const json& arguments) {
  const json* training = Find(arguments, "training");
  bool is_training = training != nullptr && training->is_boolean() && training->get<bool>();
  if (!is_training) return {};
  return Fail(ErrorCode::kUnsupported, "is called with training=True; call it for inference");
}

bool IsText(const json& node, size_t at) {
  return node.is_array() && node.size() > at && node[at].is_string();
}

bool IsHistory(const json& node) {
  return IsText(node, 0) && node.size() >= 3 && node[1].is_number_integer();
}

// A number, or a list of lists of them.
Status ReadNumbers(const json& node, size_t depth, NumbersArgument& numbers) {
  if (node.is_number()) {
    if (numbers.elements.size() >= kMostNumbers) return Malformed();
    numbers.elements.push_back(node.get<float>());
    return depth == numbers.shape.size() ? Status() : Malformed();
  }
  if (!node.is_array() || node.empty() || depth >= kDeepest) return Malformed();
  auto size = static_cast<int64_t>(node.size());
  // The first list of each depth says how long all are.
  if (depth == numbers.shape.size() && numbers.elements.empty()) numbers.shape.push_back(size);
  if (depth >= numbers.shape.size() || numbers.shape[depth] != size) return Malformed();
  for (const json& part : node) GOLDCREST_RETURN_IF_ERROR(ReadNumbers(part, depth + 1, numbers));
  return {};
}

// Collects the arguments of a call.
class Reader {
 public:
  explicit Reader(bool numbers_count) : numbers_count_(numbers_count) {}

  Status Read(const json& node, int depth = 0) {
    if (depth > kDeepest) return TooDeep();
    if (IsHistory(node)) return ReadHistory(node);
    if (node.is_number()) return AddNumbers(node);
    if (node.is_object()) return ReadObject(node, depth);
    if (!node.is_array()) return {};  // a text, a truth value, null
    bool all_numbers = !node.empty() && std::ranges::all_of(node, &json::is_number);
    if (all_numbers) return AddNumbers(node);
    for (const json& part : node) GOLDCREST_RETURN_IF_ERROR(Read(part, depth + 1));
    return {};
  }

  // Arguments by name: operands are taken, other tensors refused.
  Status ReadNamed(const json& kwargs) {
    if (!kwargs.is_object()) return {};
    GOLDCREST_RETURN_IF_ERROR(ExpectInferenceCall(kwargs));
    for (const auto& [name, argument] : kwargs.items()) {
      const bool is_operand = std::ranges::find(kOperandNames, name) != kOperandNames.end();
      if (is_operand) {
        GOLDCREST_RETURN_IF_ERROR(Read(argument));
        continue;
      }
      Reader other(/*numbers_count=*/false);
      GOLDCREST_RETURN_IF_ERROR(other.Read(argument));
      if (!other.arguments.empty()) {
        return Fail(ErrorCode::kUnsupported, "takes a tensor as '", name, "'");
      }
    }
    return {};
  }

  std::vector<Argument> arguments;

 private:
  // [layer, call, output, {other arguments}], or ["_CONSTANT_VALUE", -1, number, {…}].
  Status ReadHistory(const json& said) {
    const std::string& layer = said[0].get_ref<const std::string&>();
    if (layer == "_CONSTANT_VALUE") {
      GOLDCREST_RETURN_IF_ERROR(AddNumbers(said[2]));
    } else {
      if (!said[2].is_number_integer()) return Malformed();
      arguments.push_back(TensorReference{layer, said[1].get<int64_t>(), said[2].get<int64_t>()});
    }
    return said.size() > 3 ? ReadNamed(said[3]) : Status();
  }

  Status ReadObject(const json& node, int depth) {
    const json* config = Find(node, "config");
    if (config == nullptr) {
      // Inputs by name, which Keras takes in the order of the names.
      if (node.contains("class_name")) return {};
      for (const json& part : node) GOLDCREST_RETURN_IF_ERROR(Read(part, depth + 1));
      return {};
    }
    if (const json* history = Find(*config, "keras_history")) {
      return IsHistory(*history) ? ReadHistory(*history) : Malformed();
    }
    // {"class_name": "__numpy__", "config": {"value": [...], "dtype": "float32"}}
    const json* value = Find(*config, "value");
    return value != nullptr ? AddNumbers(*value) : Status();
  }

  Status AddNumbers(const json& node) {
    if (!numbers_count_) return {};
    NumbersArgument numbers;
    GOLDCREST_RETURN_IF_ERROR(ReadNumbers(node, 0, numbers));
    if (numbers.shape.empty()) numbers.shape = {1};
    arguments.emplace_back(std::move(numbers));
    return {};
  }

  bool numbers_count_;
};

}  // namespace

std::vector<TensorReference> ReferencesOf(const Call& call) {
  std::vector<TensorReference> references;
  for (const Argument& argument : call.arguments) {
    if (const auto* reference = std::get_if<TensorReference>(&argument)) {
      references.push_back(*reference);
    }
  }
  return references;
}

Result<std::vector<Call>> ReadCalls(const json& layer) {
  std::vector<Call> calls;
  const json* nodes = Find(layer, "inbound_nodes");
  if (nodes == nullptr || !nodes->is_array()) return calls;
  for (const json& node : *nodes) {
    Reader reader(/*numbers_count=*/true);
    const json* args = Find(node, "args");
    GOLDCREST_RETURN_IF_ERROR(reader.Read(args != nullptr ? *args : node));
    if (const json* kwargs = Find(node, "kwargs")) {
      GOLDCREST_RETURN_IF_ERROR(reader.ReadNamed(*kwargs));
    }
    calls.push_back({std::move(reader.arguments)});
  }
  return calls;
}

Result<std::vector<TensorReference>> ReadReferences(const json& node) {
  Reader reader(/*numbers_count=*/false);
  GOLDCREST_RETURN_IF_ERROR(reader.Read(node));
  std::vector<TensorReference> references;
  references.reserve(reader.arguments.size());
  for (Argument& argument : reader.arguments) {
    references.push_back(std::get<TensorReference>(std::move(argument)));
  }
  return references;
}

bool IsKeras2Spelling(const json& layer) {
  const json* nodes = Find(layer, "inbound_nodes");
  return nodes != nullptr && nodes->is_array() && !nodes->empty() && (*nodes)[0].is_array();
}

}  // namespace goldcrest::formats::keras
