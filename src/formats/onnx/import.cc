#include "formats/onnx/import.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>

#include "formats/onnx/file_graph.h"
#include "formats/onnx/operators.h"
#include "formats/onnx/tensor_types.h"
#include "formats/reading/remove_unread.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::DType;
using tensor::Shape;

constexpr std::string_view kRemedy = "; state it with --input-shapes, as 1,3,224,224";

// In the file's order. The first dimension may be open, and is -1 then.
Result<Shape> StatedShape(const proto::TypeProto::Tensor& type) {
  if (!type.has_shape()) {
    return Fail(ErrorCode::kUnsupported, "the graph does not say its shape", kRemedy);
  }
  constexpr int kMostDimensions = 8;
  if (type.shape().dim_size() > kMostDimensions) {
    return Fail(ErrorCode::kUnsupported, "a tensor of ", type.shape().dim_size(), " dimensions");
  }
  Shape shape;
  for (const auto& dim : type.shape().dim()) {
    const bool known = dim.value_case() == proto::TensorShapeProto::Dimension::kDimValue;
    const int64_t size = known ? dim.dim_value() : -1;
    if (known && (size < 0 || size > std::numeric_limits<int32_t>::max())) {
      return Invalid("a dimension of ", size);
    }
    if (!known && !shape.empty()) {
      return Fail(ErrorCode::kUnsupported, "the graph leaves its dimension ", shape.size(), " open",
                  kRemedy);
    }
    shape.push_back(size);
  }
  return shape;
}

class Importer {
 public:
  Importer(const proto::GraphProto& graph, const FileGraph& file, Import import,
           const ReadOptions& options)
      : message_(graph), file_(file), import_(std::move(import)), options_(options) {}

  Result<graph::Graph> Build() {
    import_.graph.name = message_.name().empty() ? "main" : message_.name();
    GOLDCREST_RETURN_IF_ERROR(AddInputs());
    for (const proto::NodeProto* node : file_.nodes) {
      if (file_.constants.contains(node->output(0))) continue;
      GOLDCREST_RETURN_IF_ERROR(
          Within(base::Cat("node '", node->name().empty() ? node->output(0) : node->name(), "' (",
                           node->op_type(), ")"),
                 AddNode(*node)));
    }
    if (message_.output_size() == 0) return Invalid("the graph has no output");
    for (const proto::ValueInfoProto& output : message_.output()) {
      GOLDCREST_RETURN_IF_ERROR(
          Within(base::Cat("output '", output.name(), "'"), AddOutput(output)));
    }
    if (!turned_.empty()) {
      import_.graph.metadata.notes.push_back(
          base::Cat("the file has pictures with their channels in front (NCHW); here they lie "
                    "behind (NHWC): ",
                    base::Join(turned_, ", ")));
    }
    reading::RemoveUnread(import_.graph);
    return std::move(import_.graph);
  }

 private:
  Status AddInputs() {
    const std::vector<Shape>& stated = options_.input_shapes;
    if (!stated.empty() && stated.size() != file_.inputs.size()) {
      return Fail(ErrorCode::kUsage, "--input-shapes has ", stated.size(), " shapes, the model ",
                  file_.inputs.size(), " inputs");
    }
    for (size_t i = 0; i < file_.inputs.size(); ++i) {
      GOLDCREST_RETURN_IF_ERROR(
          Within(base::Cat("input '", file_.inputs[i]->name(), "'"),
                 AddInput(*file_.inputs[i], stated.empty() ? nullptr : &stated[i])));
    }
    return {};
  }

  Status AddInput(const proto::ValueInfoProto& input, const Shape* stated) {
    const proto::TypeProto::Tensor& type = input.type().tensor_type();
    const int32_t element = type.elem_type();
    std::optional<DType> dtype = DTypeOfTensorType(element);
    if (element == kFloat16Type) {
      dtype = DType::kFloat32;
      import_.graph.metadata.notes.push_back(
          base::Cat("the input '", input.name(), "' is float16 in the file; here it is float32"));
    }
    const bool read = dtype == DType::kFloat32 || dtype == DType::kInt8 || dtype == DType::kUInt8 ||
                      dtype == DType::kInt16;
    if (!read) {
      return Fail(
          ErrorCode::kUnsupported, "is of type ", NameOfTensorType(element),
          "; float32 and, before a DequantizeLinear or Cast, int8, uint8 and int16 are read");
    }
    Shape shape;
    if (stated == nullptr) {
      GOLDCREST_TRY(shape, StatedShape(type));
    } else {
      shape = *stated;
    }
    if (stated != nullptr && type.has_shape() && std::ssize(*stated) != type.shape().dim_size()) {
      return Fail(ErrorCode::kUsage, "--input-shapes gives it ", tensor::ToString(shape),
                  "; it has ", type.shape().dim_size(), " dimensions");
    }
    const bool turned = shape.size() == 4 && IsReadChannelsFirst(file_, input.name());
    const Order order = turned ? ChannelsLast() : Straight(shape.size());
    const Shape lies = InOrder(shape, order);
    if (turned) {
      import_.graph.metadata.channels_first = true;
      turned_.push_back(base::Cat("input '", input.name(), "' ", tensor::ToString(shape), " is ",
                                  tensor::ToString(lies)));
    }
    const ValueId id =
        import_.graph.AddValue({.name = input.name(), .dtype = *dtype, .shape = lies});
    import_.graph.inputs.push_back(id);
    import_.graph.input_names.push_back(input.name());
    import_.known.emplace(input.name(), Placed{id, order, std::move(shape), false});
    return {};
  }

  Status AddNode(const proto::NodeProto& node) {
    for (int i = 1; i < node.output_size() && node.op_type() != "Split"; ++i) {
      const std::string& output = node.output(i);
      if (!file_.readers.contains(output) && !import_.outputs.contains(output)) continue;
      return Fail(ErrorCode::kUnsupported, "its output ", i, ", '", output,
                  "', is read; only the first is");
    }
    NodeContext c(import_, node);
    GOLDCREST_TRY(Operand made, ImportNode(c));
    import_.known.emplace(node.output(0), std::move(made));
    return {};
  }

  Status AddOutput(const proto::ValueInfoProto& output) {
    GOLDCREST_TRY(const Operand* made, import_.Named(output.name()));
    const auto* known = std::get_if<Placed>(made);
    if (known == nullptr) {
      return Fail(ErrorCode::kUnsupported, "is a constant, which the model does not compute");
    }
    // Names what is made for it.
    proto::NodeProto end;
    end.add_output(output.name());
    NodeContext c(import_, end);
    GOLDCREST_TRY(Placed placed, Straightened(c, *known));
    if (placed.real) {
      GOLDCREST_TRY(placed.id, c.Real(placed.id));
      c.graph().value(placed.id).name = output.name();
    } else if (c.graph().value(placed.id).dtype == DType::kInt8 &&
               output.type().tensor_type().elem_type() == kUInt8Type) {
      IntegerForm form{DType::kUInt8, c.graph().value(placed.id).quantization};
      for (int64_t& zero : form.quantization.zero_point) zero += 128;
      GOLDCREST_TRY(placed.id, c.Requantized(placed.id, form, ""));
    }
    import_.graph.outputs.push_back(placed.id);
    import_.graph.output_names.push_back(output.name());
    if (!std::ranges::is_sorted(placed.order)) {
      turned_.push_back(base::Cat("output '", output.name(), "' ", tensor::ToString(placed.shape),
                                  " is ", tensor::ToString(c.ShapeOfValue(placed.id))));
    }
    return {};
  }

  // In the file's own order where that costs nothing, and it is no picture.
  static Result<Placed> Straightened(NodeContext& c, const Placed& placed) {
    GOLDCREST_TRY(Placed settled, c.Settled(placed));
    if (settled.order == ChannelsLast()) return settled;
    const Order straight = Straight(settled.order.size());
    if (Moving(settled.order, settled.shape) != Moving(straight, settled.shape)) return settled;
    GOLDCREST_TRY(const ValueId id, c.Arranged(settled, straight));
    Placed made = c.In(straight, id);
    made.real = placed.real;
    return made;
  }

  const proto::GraphProto& message_;
  const FileGraph& file_;
  Import import_;
  const ReadOptions& options_;
  std::vector<std::string> turned_;
};

// Opens each file beside the model once; what it holds may be turned as often as the model's own.
FileBeside Opened(const ReadOptions& options, Budget& budget) {
  if (!options.file_beside) return nullptr;
  auto opened = std::make_shared<std::map<std::string, tensor::SharedBytes>>();
  return [opened, &options, &budget](const std::string& name) -> Result<tensor::SharedBytes> {
    auto found = opened->find(name);
    if (found != opened->end()) return found->second;
    GOLDCREST_TRY(tensor::SharedBytes file, options.file_beside(name));
    budget.AddFile(file.bytes().size());
    return opened->emplace(name, std::move(file)).first->second;
  };
}

}  // namespace

Result<graph::Graph> ImportGraph(const proto::GraphProto& graph, int64_t opset,
                                 const ReadOptions& options, Budget& budget) {
  GOLDCREST_TRY(const FileGraph file, IndexGraph(graph));
  Import import(budget);
  import.opset = opset;
  import.files = Opened(options, budget);
  import.initializers = file.constants;
  import.readers = file.readers;
  for (const proto::ValueInfoProto& output : graph.output()) import.outputs.insert(output.name());
  import.signed_activations = HasSignedWeights(file);
  return Importer(graph, file, std::move(import), options).Build();
}

}  // namespace goldcrest::formats::onnx
