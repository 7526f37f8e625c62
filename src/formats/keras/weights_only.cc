#include <algorithm>

#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/legacy_weights.h"
#include "formats/keras/ordered_weights.h"
#include "formats/keras/weight_layout.h"

namespace goldcrest::formats::keras {
namespace {

using tensor::Shape;
using tensor::Tensor;

// A layer of the graph that has weights, in Keras' terms.
struct WeightedLayer {
  std::string name;
  std::string_view class_name;
  std::vector<graph::ValueId> weights;  // in Keras' order; the first is the kernel, or gamma
  size_t kernel_rank = 1;
};

// The layers of the graph that have weights, in order.
std::vector<WeightedLayer> WeightedLayers(const graph::Graph& graph) {
  std::vector<WeightedLayer> layers;
  for (const graph::Node& node : graph.nodes) {
    WeightedLayer layer;
    if (std::holds_alternative<graph::Conv2D>(node.op)) {
      layer.class_name = "Conv2D";
      layer.kernel_rank = 4;
    } else if (std::holds_alternative<graph::DepthwiseConv2D>(node.op)) {
      layer.class_name = "DepthwiseConv2D";
      layer.kernel_rank = 4;
    } else if (std::holds_alternative<graph::FullyConnected>(node.op)) {
      layer.class_name = "Dense";
      layer.kernel_rank = 2;
    } else if (std::holds_alternative<graph::BatchNorm>(node.op)) {
      layer.class_name = "BatchNormalization";
    } else {
      continue;
    }
    layer.weights.assign(node.inputs.begin() + 1, node.inputs.end());
    const std::string& first = graph.value(layer.weights[0]).name;
    layer.name = first.substr(0, first.rfind('/'));
    layers.push_back(std::move(layer));
  }
  return layers;
}

// The file's kernel as the graph has it.
Result<Tensor> InGraphLayout(const WeightedLayer& layer, Tensor kernel) {
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("kernel", kernel, layer.kernel_rank));
  if (layer.class_name == "Conv2D") return ConvolutionFilter(kernel);
  if (layer.class_name == "DepthwiseConv2D") return DepthwiseFilter(std::move(kernel));
  if (layer.class_name == "Dense") return DenseWeights(kernel);
  return kernel;
}

// Puts a layer's weights into the graph; `read` gives the file's nth.
template <class Read>
Status Fill(const WeightedLayer& layer, bool is_last, graph::Graph& graph, const Read& read) {
  for (size_t i = 0; i < layer.weights.size(); ++i) {
    graph::Value& value = graph.value(layer.weights[i]);
    GOLDCREST_TRY(Tensor weight, read(i));
    const Shape stored = weight.shape();
    if (i == 0) {
      GOLDCREST_TRY(weight, InGraphLayout(layer, std::move(weight)));
    }
    if (weight.shape() != value.shape) {
      const std::string remedy =
          is_last ? base::Cat("state --classes ", stored.empty() ? 0 : stored.back())
                  : "is it another architecture, or another --alpha?";
      return Fail(ErrorCode::kInvalid, "the file's weight ", i, " has the shape ",
                  tensor::ToString(stored), ", which is not that of ", value.name, " (",
                  tensor::ToString(value.shape), " here); ", remedy);
    }
    value.constant = tensor::SharedBytes::Own(std::move(weight).TakeBuffer());
  }
  return {};
}

std::unexpected<Error> WrongCount(const graph::Graph& graph, size_t stored, size_t needed) {
  constexpr size_t kMostLayersOfTop = 2;
  const bool is_headless = stored < needed && needed - stored <= kMostLayersOfTop;
  return Fail(ErrorCode::kInvalid, "the file holds the weights of ", stored, " layers, ",
              graph.name, " needs those of ", needed, "; ",
              is_headless ? "were they saved without the top (--no-top)?"
                          : "are they another architecture's?");
}

// Keras matches the layers that have weights by their order alone.
Status LoadLegacy(const Hdf5File& file, const std::string& root, graph::Graph& graph) {
  GOLDCREST_TRY(std::vector<std::string> names, file.SplitTexts(root, "layer_names"));
  const LegacyWeights source(file, root == "/" ? "" : root);
  std::vector<std::vector<std::string>> stored;  // data sets, by layer
  for (const std::string& name : names) {
    GOLDCREST_TRY(std::vector<std::string> sets, source.DataSets(name));
    if (!sets.empty()) stored.push_back(std::move(sets));
  }
  const std::vector<WeightedLayer> layers = WeightedLayers(graph);
  if (stored.size() != layers.size()) return WrongCount(graph, stored.size(), layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    auto read = [&](size_t n) -> Result<Tensor> {
      if (n < stored[i].size()) return file.Floats(stored[i][n]);
      return Fail(ErrorCode::kInvalid, "the file holds ", stored[i].size(),
                  " weights for it, it has ", layers[i].weights.size());
    };
    GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("layer '", layers[i].name, "'"),
                                     Fill(layers[i], i + 1 == layers.size(), graph, read)));
  }
  return {};
}

Status LoadOrdered(const Hdf5File& file, graph::Graph& graph) {
  GroupNames names("");
  const std::vector<WeightedLayer> layers = WeightedLayers(graph);
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string group = base::Cat("/", names.Next(layers[i].class_name));
    if (!file.HasGroup(group)) return WrongCount(graph, i, layers.size());
    auto read = [&](size_t n) { return file.Floats(base::Cat(group, "/vars/", n)); };
    GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("layer '", layers[i].name, "'"),
                                     Fill(layers[i], i + 1 == layers.size(), graph, read)));
  }
  for (const char* class_name : {"Conv2D", "DepthwiseConv2D", "Dense", "BatchNormalization"}) {
    if (!file.HasGroup(base::Cat("/", names.Next(class_name)))) continue;
    return Fail(ErrorCode::kInvalid, "the file holds more layers of class ", class_name, " than ",
                graph.name, " has; is it another architecture's, or was the top left out here?");
  }
  return {};
}

}  // namespace

Status LoadWeights(std::span<const std::byte> bytes, graph::Graph& graph) {
  if (!SniffH5(bytes)) {
    return Fail(ErrorCode::kUnsupported,
                "is no HDF5 file; weights are read from .weights.h5 and .h5 files");
  }
  GOLDCREST_TRY(Hdf5File file, Hdf5File::Open(bytes));
  for (const char* root : {"/", "/model_weights"}) {
    if (file.HasAttribute(root, "layer_names") || file.HasAttribute(root, "layer_names0")) {
      return LoadLegacy(file, root, graph);
    }
  }
  if (file.HasGroup("/layers")) return LoadOrdered(file, graph);
  return Fail(ErrorCode::kInvalid,
              "the HDF5 file holds no weights of Keras: neither layer_names nor layers is there");
}

}  // namespace goldcrest::formats::keras
