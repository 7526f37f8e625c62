#include "formats/tensorflow/flatten.h"

#include <algorithm>
#include <array>

namespace goldcrest::formats::tensorflow {
namespace {

constexpr size_t kMostItems = size_t{1} << 18;
constexpr int32_t kDeepestCall = 64;
constexpr int32_t kWhole = -1;  // all outputs of a node
constexpr TensorRef kBeingWorkedOn = {-1, 0};

// Output k of these is input k: they do nothing, or nothing but in training. Reading a variable is
// having it, for nothing changes one.
constexpr std::array<std::string_view, 9> kForwarding = {
    "Identity",      "IdentityN",   "StopGradient",   "PreventGradient",       "Snapshot",
    "CheckNumerics", "EnsureShape", "ReadVariableOp", "PlaceholderWithDefault"};

bool Forwards(const proto::NodeDef& node) {
  return std::ranges::find(kForwarding, node.op()) != kForwarding.end();
}

bool IsControl(std::string_view input) { return input.starts_with('^'); }

// Which output of a node an output's name in a function means. Of nodes that are read here, only
// batch normalizations have several that are no list.
int32_t NumberOf(const proto::NodeDef& node, const proto::FunctionDef* callee,
                 const TensorName& name) {
  if (name.output.empty()) return name.number;
  if (callee != nullptr && node.op() == callee->signature().name()) {
    const auto& outputs = callee->signature().output_arg();
    for (int i = 0; i < outputs.size(); ++i) {
      if (outputs[i].name() == name.output) return i;
    }
  }
  if (node.op().starts_with("FusedBatchNorm") && name.output != "y") return name.number + 1;
  return name.number;
}

}  // namespace

size_t Flattener::ItemHash::operator()(const Item& item) const {
  uint64_t hash = static_cast<uint32_t>(item.frame);
  for (int32_t part : {item.member, item.output}) {
    hash = (hash ^ static_cast<uint32_t>(part)) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29;
  }
  return hash;
}

Result<Flattener> Flattener::Create(const proto::GraphDef& graph) {
  Flattener flattener;
  flattener.def_ = &graph;
  for (const proto::FunctionDef& function : graph.library().function()) {
    const std::string& name = function.signature().name();
    if (!flattener.functions_.emplace(name, &function).second) {
      return Invalid("two functions have the name '", name, "'");
    }
  }
  GOLDCREST_TRY(Scope scope, Scope::Of(graph));
  flattener.outermost_ = std::make_unique<Scope>(std::move(scope));
  flattener.frames_.push_back({flattener.outermost_.get(), 0, nullptr, 0});
  return flattener;
}

Status Flattener::AddInput(std::string_view node) {
  const int32_t member = graph().Find(node);
  if (member < 0) return Fail(ErrorCode::kNotFound, "the graph has no node '", node, "'");
  inputs_.insert(member);
  return {};
}

// The function that a node calls; null where it calls none.
const proto::FunctionDef* Flattener::FunctionOf(const proto::NodeDef& node) const {
  std::string_view name = node.op();
  if (name == "PartitionedCall" || name == "StatefulPartitionedCall") {
    auto attribute = node.attr().find("f");
    if (attribute != node.attr().end()) name = attribute->second.func().name();
  }
  auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

Result<int32_t> Flattener::FrameOf(int32_t caller, int32_t member) {
  auto [known, is_new] = frame_of_call_.try_emplace({caller, member}, 0);
  if (!is_new) return known->second;
  const Frame& from = frames_[static_cast<size_t>(caller)];
  const proto::NodeDef& call = from.scope->Node(member);
  const int32_t depth = from.depth + 1;
  if (depth > kDeepestCall) {
    return Fail(ErrorCode::kLimit, "functions call each other ", kDeepestCall,
                " deep, or themselves; that is not supported");
  }
  const proto::FunctionDef* function = FunctionOf(call);
  std::unique_ptr<Scope>& scope = scopes_[function];
  if (scope == nullptr) {
    GOLDCREST_TRY(Scope made, Within(base::Cat("function '", function->signature().name(), "'"),
                                     Scope::Of(*function)));
    scope = std::make_unique<Scope>(std::move(made));
  }
  known->second = static_cast<int32_t>(frames_.size());
  frames_.push_back({scope.get(), caller, &call, depth});
  return known->second;
}

Result<Flattener::Place> Flattener::Locate(int32_t frame, std::string_view tensor) {
  GOLDCREST_TRY(TensorName name, ParseTensorName(tensor));
  const Scope& scope = *frames_[static_cast<size_t>(frame)].scope;
  const int32_t member = scope.Find(name.node);
  if (member < 0) return Fail(ErrorCode::kNotFound, "there is no node '", name.node, "'");
  if (scope.IsArgument(member)) return Place{{frame, member, kWhole}, 0};
  const proto::NodeDef& node = scope.Node(member);
  const proto::FunctionDef* callee = FunctionOf(node);
  const int32_t output = NumberOf(node, callee, name);
  const bool is_input = frame == 0 && inputs_.contains(member);
  if (!is_input && (Forwards(node) || callee != nullptr)) return Place{{frame, member, output}, 0};
  return Place{{frame, member, kWhole}, output};
}

Result<bool> Flattener::Next(Work& work, Place& place) {
  const Item item = work.item;
  const Frame frame = frames_[static_cast<size_t>(item.frame)];
  const bool done = !work.found.empty();
  if (frame.scope->IsArgument(item.member)) {
    if (done) return false;
    const int32_t argument = frame.scope->ArgumentOf(item.member);
    if (argument >= frame.call->input_size() || IsControl(frame.call->input(argument))) {
      return Invalid("'", frame.call->name(), "' calls a function without all of its arguments");
    }
    GOLDCREST_TRY(place, Locate(frame.caller, frame.call->input(argument)));
    return true;
  }
  const proto::NodeDef& node = frame.scope->Node(item.member);
  if (item.frame == 0 && inputs_.contains(item.member)) return false;
  if (const proto::FunctionDef* function = FunctionOf(node)) {
    if (done) return false;
    const auto& outputs = function->signature().output_arg();
    if (item.output >= outputs.size()) {
      return Invalid("the function of '", node.name(), "' has no output ", item.output);
    }
    const std::string& output = outputs[item.output].name();
    auto returned = function->ret().find(output);
    if (returned == function->ret().end()) {
      return Invalid("the function of '", node.name(), "' does not say what '", output, "' is");
    }
    GOLDCREST_TRY(const int32_t body, FrameOf(item.frame, item.member));
    GOLDCREST_TRY(place, Within(base::Cat("function '", function->signature().name(), "'"),
                                Locate(body, returned->second)));
    return true;
  }
  if (Forwards(node)) {
    if (done) return false;
    if (item.output >= node.input_size() || IsControl(node.input(item.output))) {
      return Invalid("'", node.name(), "' has no input ", item.output);
    }
    GOLDCREST_TRY(place, Locate(item.frame, node.input(item.output)));
    return true;
  }
  while (work.next_input < node.input_size()) {
    const std::string& input = node.input(work.next_input++);
    if (IsControl(input)) continue;
    GOLDCREST_TRY(place, Within(base::Cat("node '", node.name(), "'"), Locate(item.frame, input)));
    return true;
  }
  return false;
}

TensorRef Flattener::Finish(Work& work) {
  const Scope& scope = *frames_[static_cast<size_t>(work.item.frame)].scope;
  const bool whole = work.item.output == kWhole && !scope.IsArgument(work.item.member);
  if (!whole) return work.found.front();
  const proto::NodeDef& def = scope.Node(work.item.member);
  nodes_.push_back({&def, UniqueName(def.name()), std::move(work.found),
                    work.item.frame == 0 && inputs_.contains(work.item.member)});
  return {static_cast<int32_t>(nodes_.size()) - 1, 0};
}

std::string Flattener::UniqueName(const std::string& name) {
  int32_t& uses = names_[name];
  if (uses++ == 0) return name;
  std::string numbered;
  do {
    numbered = base::Cat(name, "_", uses++);
  } while (!names_.emplace(numbered, 1).second);
  return numbered;
}

Error Flattener::Circle(const Item& item) const {
  const Scope& scope = *frames_[static_cast<size_t>(item.frame)].scope;
  const std::string through = scope.IsArgument(item.member)
                                  ? ""
                                  : base::Cat(" through '", scope.Node(item.member).name(), "'");
  return {ErrorCode::kInvalid, base::Cat("the graph goes round in a circle", through)};
}

Result<TensorRef> Flattener::ResolveIn(int32_t frame, std::string_view tensor) {
  GOLDCREST_TRY(const Place goal, Locate(frame, tensor));
  std::vector<Work> stack;
  if (done_.emplace(goal.item, kBeingWorkedOn).second) stack.push_back({goal.item});
  while (!stack.empty()) {
    if (done_.size() > kMostItems) {
      return Fail(ErrorCode::kLimit, "the graph has more than ", kMostItems,
                  " nodes once functions are inlined");
    }
    Work& work = stack.back();
    Place place{};
    GOLDCREST_TRY(const bool reads_more, Next(work, place));
    if (!reads_more) {
      const TensorRef made = Finish(work);
      const int32_t wanted = work.wanted;
      done_[work.item] = made;
      stack.pop_back();
      if (!stack.empty()) stack.back().found.push_back({made.node, made.output + wanted});
      continue;
    }
    auto [known, is_new] = done_.emplace(place.item, kBeingWorkedOn);
    if (is_new) {
      stack.push_back({place.item, place.output});
    } else if (known->second == kBeingWorkedOn) {
      return std::unexpected(Circle(place.item));
    } else {
      work.found.push_back({known->second.node, known->second.output + place.output});
    }
  }
  const TensorRef ref = done_.at(goal.item);
  return TensorRef{ref.node, ref.output + goal.output};
}

Result<Flattener::Body> Flattener::Enter(std::string_view node) {
  const int32_t member = graph().Find(node);
  if (member < 0) return Fail(ErrorCode::kNotFound, "there is no node '", node, "'");
  if (FunctionOf(graph().Node(member)) == nullptr) {
    return Fail(ErrorCode::kNotFound, "'", node, "' calls no function");
  }
  GOLDCREST_TRY(const int32_t frame, FrameOf(0, member));
  return Body{frame, frames_[static_cast<size_t>(frame)].scope};
}

}  // namespace goldcrest::formats::tensorflow
