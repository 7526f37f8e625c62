#include "api/input_contract.h"

#include "api/recognize.h"

namespace goldcrest::api {
namespace {

// An integer input holds reals by its scale.
void TakeScale(const graph::Value& input, tensor::InputContract& contract) {
  if (input.quantization.scale.size() != 1) return;
  contract.scale = input.quantization.scale[0];
  contract.zero_point = input.quantization.zero_point[0];
}

// A contract of the size, colour and type that the graph's input has, else the defaults; nothing
// where the input is no picture.
std::optional<tensor::InputContract> ContractOfInput(const graph::Graph& graph) {
  const graph::Value& input = graph.value(graph.inputs[0]);
  const tensor::Shape& shape = input.shape;
  bool picture = graph.inputs.size() == 1 && shape.size() == 4 && shape[1] > 0 && shape[2] > 0 &&
                 (shape[3] == 3 || shape[3] == 1);
  if (!picture) return std::nullopt;
  tensor::InputContract contract;
  contract.height = shape[1];
  contract.width = shape[2];
  contract.dtype = input.dtype;
  TakeScale(input, contract);
  if (shape[3] == 1) contract.color = tensor::ColorOrder::kGray;
  return contract;
}

struct Guess {
  tensor::NormalizationKind kind;
  std::string because;
};

std::optional<Guess> GuessNormalization(const graph::Graph& graph) {
  if (RescalesItsInput(graph)) {
    return Guess{tensor::NormalizationKind::kNone, "the model rescales its input itself"};
  }
  if (std::optional<std::string_view> network = RecognizeNetwork(graph)) {
    if (graph.metadata.channels_first) {
      return Guess{
          tensor::NormalizationKind::kTorch,
          base::Cat("the model is a ", *network, " of PyTorch's, which torchvision feeds so")};
    }
    return Guess{tensor::NormalizationKind::kTf,
                 base::Cat("the model is a ", *network, ", which keras-applications feeds so")};
  }
  return std::nullopt;
}

Status ApplyFlags(const ContractFlags& flags, tensor::InputContract& contract) {
  if (flags.normalize) {
    GOLDCREST_TRY(contract.normalization, tensor::ParseNormalization(*flags.normalize));
    bool caffe = contract.normalization.kind == tensor::NormalizationKind::kCaffe;
    if (contract.color != tensor::ColorOrder::kGray) {
      contract.color = caffe ? tensor::ColorOrder::kBgr : tensor::ColorOrder::kRgb;
    }
  }
  if (flags.resize) {
    GOLDCREST_TRY(contract.resize, tensor::ParseResizeMode(*flags.resize));
  }
  if (flags.crop) GOLDCREST_RETURN_IF_ERROR(tensor::ParseCrop(*flags.crop, contract));
  return {};
}

}  // namespace

Status ResolveInputContract(const ContractFlags& flags, graph::Graph& graph,
                            std::vector<std::string>& notes) {
  graph::Metadata& metadata = graph.metadata;
  std::optional<tensor::InputContract> contract = metadata.input_contract;
  std::string from = metadata.input_contract_from;
  if (!contract) contract = ContractOfInput(graph);
  if (!contract) {
    if (!flags.any()) return {};
    return Fail(ErrorCode::kUsage,
                "the model's input is no picture, so --normalize, --resize and "
                "--crop mean nothing for it");
  }
  bool known = metadata.input_contract.has_value() || flags.normalize.has_value();
  if (!known) {
    std::optional<Guess> guess = GuessNormalization(graph);
    if (!guess) {
      // Wrong values are accepted or refused now; what they complete is still not known.
      return ApplyFlags(flags, *contract);
    }
    contract->normalization.kind = guess->kind;
    from = base::Cat("a guess: ", guess->because);
    notes.push_back(
        base::Cat("the file does not say how pictures become its input; guessed --normalize ",
                  tensor::ToString(contract->normalization), " (", guess->because,
                  "); change it with --normalize tf|torch|caffe|unit|none|MEAN,STD"));
  }
  GOLDCREST_RETURN_IF_ERROR(ApplyFlags(flags, *contract));
  // What a file says of bytes that it takes as they are is no scale of normalised ones.
  if (flags.normalize) TakeScale(graph.value(graph.inputs[0]), *contract);
  if (flags.any()) from = from.empty() ? "flags" : base::Cat("flags over ", from);
  metadata.input_contract = contract;
  metadata.input_contract_from = from;
  return {};
}

}  // namespace goldcrest::api
