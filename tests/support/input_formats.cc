#include "support/input_formats.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "api/constants.h"
#include "archive/zip_reader.h"
#include "backends/cpu/cpu_backend.h"
#include "base/byte_reader.h"
#include "base/check.h"
#include "base/file.h"
#include "data/list_file.h"
#include "decode/bmp.h"
#include "decode/decode.h"
#include "decode/jpeg.h"
#include "decode/png.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/model.h"
#include "formats/onnx/onnx.h"
#include "formats/tensorflow/tensorflow.h"
#include "formats/tflite/stored_zip.h"
#include "formats/tflite/tflite.h"
#include "graph/cost.h"
#include "graph/infer.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "passes/passes.h"
#include "runtime/executor.h"
#include "support/onnx_files.h"
#include "support/picture_files.h"
#include "support/saved_model_files.h"
#include "support/small_graphs.h"
#include "support/small_models.h"
#include "support/tensorflow_files.h"
#include "tensor/input_contract.h"
#include "tensor/npy.h"

namespace goldcrest::testing {
namespace {

// Graphs.

// Whether a run takes little enough to be tried on thousands of files.
bool IsSmall(const graph::Graph& graph) {
  constexpr int64_t kMostElements = int64_t{1} << 22;
  constexpr int64_t kMostMultiplyAdds = int64_t{1} << 26;
  int64_t elements = 0;
  for (const graph::Value& value : graph.values) {
    std::optional<int64_t> count = tensor::ElementCount(value.shape);
    if (!count || *count > kMostElements) return false;
    elements += *count;
  }
  int64_t multiply_adds = 0;
  for (const graph::Node& node : graph.nodes) {
    const int64_t count = graph::MultiplyAdds(graph, node);
    if (count > kMostMultiplyAdds) return false;
    multiply_adds += count;
  }
  return elements <= kMostElements && multiply_adds <= kMostMultiplyAdds;
}

Status UseGraph(Result<graph::Graph> graph) {
  if (!graph) return std::unexpected(std::move(graph.error()));
  GOLDCREST_CHECK(graph::Verify(*graph).has_value());
  static_cast<void>(graph::ToText(*graph));
  if (!graph::BindDefaultShapes(*graph) || !IsSmall(*graph)) return {};
  const passes::Options options{.evaluate = api::ConstantEvaluator(), .verify = true};
  GOLDCREST_CHECK(passes::Run(*graph, options).has_value());
  auto executor = runtime::Executor::Create(std::move(*graph),
                                            backends::cpu::CpuBackend(base::MachineIsa()), {});
  if (executor) executor->Run();
  return {};
}

Status ReadTflite(std::string_view file) {
  // In memory of their own that ends where they do: sanitizers see what is read beyond.
  const std::span<const std::byte> bytes = base::AsBytes(file);
  auto owner = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  return UseGraph(formats::tflite::Read(tensor::SharedBytes(owner, *owner)));
}

// Flatbuffers are written back to front: their end holds what was made first, and alignment may
// leave bytes there that nothing reads. Labels that are lost are a note.
size_t SpareOfTflite(std::string_view file) {
  constexpr size_t kAlignment = 16;
  if (!formats::tflite::FindStoredEntry(base::AsBytes(file), "labels.txt")) return kAlignment;
  return file.size() - file.rfind("PK\x03\x04") + kAlignment;
}

Status ReadKerasH5(std::string_view file) {
  return UseGraph(formats::keras::ReadH5(base::AsBytes(file)));
}

Status ReadKerasZip(std::string_view file) {
  return UseGraph(formats::keras::ReadKeras(base::AsBytes(file)));
}

// The weights of a model that was built otherwise.
Status ReadKerasWeights(std::string_view file) {
  static const graph::Graph built = SmallKerasGraph();
  graph::Graph graph = built;
  GOLDCREST_RETURN_IF_ERROR(formats::keras::LoadWeights(base::AsBytes(file), graph));
  return UseGraph(std::move(graph));
}

Status ReadTensorFlowGraph(std::string_view file) {
  return UseGraph(formats::tensorflow::ReadGraph(base::AsBytes(file), {}));
}

Status ReadTensorFlowModel(std::string_view file) { return UseGraph(ReadJoinedSavedModel(file)); }

// There is no file beside a stranger's.
Status ReadOnnx(std::string_view file) {
  return UseGraph(formats::onnx::Read(base::AsBytes(file), {}));
}

Status ReadGraphText(std::string_view file) { return UseGraph(graph::FromText(file)); }

std::vector<std::string> SmallGraphTexts() {
  return {SmallGraphText(), SmallQuantizedGraphText(), SmallPictureGraphText(),
          SmallDetectionGraphText()};
}

// Outputs come last: one may be enough, and a shortened number may name another value.
size_t SpareOfGraphText(std::string_view file) { return file.size() - file.find("  output %"); }

// A description, a zero, and the shapes of the weights in the order in which the layers ask for
// them: a byte for the rank, a byte a dimension.

class SaidWeights : public formats::keras::WeightSource {
 public:
  explicit SaidWeights(std::string_view shapes) : shapes_(base::AsBytes(shapes)) {}

  Result<tensor::Tensor> Get(formats::keras::LayerPath /*layer*/,
                             std::initializer_list<std::string_view> /*names*/,
                             size_t /*ordinal*/) const override {
    tensor::Shape shape(shapes_.Read<uint8_t>() % 6);
    for (int64_t& dimension : shape) dimension = shapes_.Read<uint8_t>();
    if (!shapes_.ok()) return Fail(ErrorCode::kNotFound, "no more weights");
    if (tensor::ElementCount(shape).value_or(INT64_MAX) > (1 << 20)) {
      return Fail(ErrorCode::kLimit, "large weights");
    }
    return tensor::Tensor::Create(tensor::DType::kFloat32, std::move(shape));
  }

 private:
  mutable base::ByteReader shapes_;
};

Status ReadKerasConfig(std::string_view file) {
  const size_t end = std::min(file.find('\0'), file.size());
  const SaidWeights weights(file.substr(std::min(end + 1, file.size())));
  return UseGraph(formats::keras::BuildModel(file.substr(0, end), "3", weights));
}

std::vector<std::string> SmallKerasConfigs() {
  std::string shapes(1, '\0');
  for (const std::vector<int>& shape : SmallKerasShapes()) {
    shapes += static_cast<char>(shape.size());
    for (int dimension : shape) shapes += static_cast<char>(dimension);
  }
  return {SmallKerasConfig(false) + shapes, SmallKerasConfig(true) + shapes};
}

// What the child that reads an HDF5 file answers, from its first word on.

Status ReadHdf5Answers(std::string_view answers) {
  int ends[2];
  GOLDCREST_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const ssize_t sent = ::send(ends[1], answers.data(), answers.size(), MSG_DONTWAIT);
  ::shutdown(ends[1], SHUT_WR);  // what is asked is still taken
  const formats::keras::Hdf5File file(base::ChildProcess::Played(ends[0]), answers.size());
  auto ask = [&]() -> Status {
    GOLDCREST_TRY(std::string text, file.Text("/", "model_config"));
    GOLDCREST_TRY(std::vector<std::string> texts, file.Texts("/", "weight_names"));
    GOLDCREST_TRY(tensor::Tensor tensor, file.Floats("/kernel"));
    return file.HasGroup("/") ? Status() : Fail(ErrorCode::kNotFound, "no group");
  };
  Status status = sent == std::ssize(answers) ? ask() : Fail(ErrorCode::kLimit, "too long");
  ::close(ends[1]);
  return status;
}

std::vector<std::string> SmallHdf5Answers() {
  std::string answers;
  auto number = [&](auto value) {
    answers.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  auto texts = [&](std::initializer_list<std::string_view> list) {
    number(uint8_t{0});
    number(static_cast<uint32_t>(list.size()));
    for (std::string_view text : list) {
      number(static_cast<uint32_t>(text.size()));
      answers += text;
    }
  };
  texts({"{}"});
  texts({"kernel:0", "bias:0"});
  number(uint8_t{0});
  number(uint32_t{2});
  number(int64_t{2});
  number(int64_t{3});
  answers.append(2 * 3 * sizeof(float), '\x3f');
  number(uint8_t{0});
  number(uint8_t{1});
  return {answers};
}

// Arrays.

Status ReadNpy(std::string_view file) {
  auto tensor = tensor::ReadNpy(base::AsBytes(file));
  if (!tensor) return std::unexpected(std::move(tensor.error()));
  GOLDCREST_CHECK(tensor->view().bytes.size() ==
                  tensor::ByteCount(tensor->dtype(), tensor->shape()));
  return {};
}

bool SniffNpy(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\x93NUMPY");
}

Status ReadNpz(std::string_view file) {
  GOLDCREST_TRY(auto zip, archive::ZipReader::Open(base::AsBytes(file)));
  for (const std::string& name : zip.names()) {
    GOLDCREST_TRY(base::AlignedBuffer array, zip.Read(name));
    GOLDCREST_RETURN_IF_ERROR(ReadNpy(base::AsText(array.bytes())));
  }
  return {};
}

// Pictures.

Status ReadPicture(std::string_view file) {
  image::Picture picture;
  GOLDCREST_RETURN_IF_ERROR(decode::Decode(base::AsBytes(file), {}, picture));
  GOLDCREST_CHECK(picture.width > 0 && picture.height > 0 &&
                  std::ssize(picture.rgb) == picture.width * picture.height * 3);
  return {};
}

size_t SpareOfJpeg(std::string_view) { return 2; }  // the end mark

// Texts and labels.

Status ReadInputContract(std::string_view file) {
  auto contract = tensor::InputContractFromJson(file);
  if (!contract) return std::unexpected(std::move(contract.error()));
  auto again = tensor::InputContractFromJson(tensor::ToJson(*contract));
  GOLDCREST_CHECK(again && *again == *contract);
  return {};
}

std::vector<std::string> SmallInputContracts() {
  tensor::InputContract contract;
  contract.width = contract.height = 224;
  contract.normalization = {tensor::NormalizationKind::kMeanStd, {1, 2, 3}, {4, 5, 6}};
  std::string plain = tensor::ToJson(contract);
  contract.dtype = tensor::DType::kInt8;
  contract.scale = 0.0078125;
  contract.zero_point = -1;
  return {plain, tensor::ToJson(contract)};
}

constexpr std::string_view kLabels = "labels.txt";

Status ReadLabels(std::string_view file) {
  auto labels = formats::tflite::FindStoredEntry(base::AsBytes(file), kLabels);
  if (!labels) return std::unexpected(std::move(labels.error()));
  return {};
}

std::vector<std::string> SmallLabels() {
  std::vector<std::byte> file(40);
  formats::tflite::AppendStoredZip(file, kLabels, base::AsBytes("ant\nbee\n"));
  return {std::string(base::AsText(file))};
}

// Lists of pictures: any beginning of one is a list too.

Status ReadPictureList(std::string_view file) {
  GOLDCREST_TRY(auto set, data::OpenList("list.csv", base::AsBytes(file)));
  GOLDCREST_CHECK(set->size() > 0);
  for (int64_t i = 0; i < set->size(); ++i) {
    GOLDCREST_CHECK(set->label(i) < std::ssize(set->classes()));
  }
  return {};
}

std::vector<std::string> SmallPictureLists() {
  return {"/\n/tmp\n", "path,label\r\n/,\"an \"\"ant\"\", that is\"\r\n/,bee\r\n"};
}

size_t All(std::string_view file) { return file.size(); }

size_t None(std::string_view) { return 0; }

constexpr std::array kFormats = {
    InputFormat{"tflite", ".tflite", SmallTflites, formats::tflite::Sniff, ReadTflite,
                SpareOfTflite},
    InputFormat{"keras_h5", ".h5", SmallKerasH5s, formats::keras::SniffH5, ReadKerasH5, None,
                /*slow=*/true},
    InputFormat{"keras_zip", ".keras", SmallKerasZips, formats::keras::SniffKeras, ReadKerasZip,
                None},
    InputFormat{"keras_weights", "", SmallKerasWeights, formats::keras::SniffH5, ReadKerasWeights,
                None, /*slow=*/true},
    InputFormat{"tensorflow_graph", ".pb", SmallGraphDefs, formats::tensorflow::SniffGraph,
                ReadTensorFlowGraph, None},
    InputFormat{"tensorflow_model", "", SmallSavedModels, nullptr, ReadTensorFlowModel, None},
    InputFormat{"onnx", "", SmallOnnxModels, formats::onnx::Sniff, ReadOnnx, None},
    InputFormat{"npy", "", SmallNpys, SniffNpy, ReadNpy, None},
    InputFormat{"npz", ".npz", SmallNpzs, formats::keras::SniffKeras, ReadNpz, None},
    InputFormat{"jpeg", ".jpg", SmallJpegs, decode::SniffJpeg, ReadPicture, SpareOfJpeg},
    InputFormat{"png", ".png", SmallPngs, decode::SniffPng, ReadPicture, None},
    InputFormat{"bmp", ".bmp", SmallBmps, decode::SniffBmp, ReadPicture, None},
    InputFormat{"keras_config", "", SmallKerasConfigs, nullptr, ReadKerasConfig, None},
    InputFormat{"hdf5_answers", "", SmallHdf5Answers, nullptr, ReadHdf5Answers, None},
    InputFormat{"input_contract", "", SmallInputContracts, nullptr, ReadInputContract, None},
    InputFormat{"graph_text", "", SmallGraphTexts, nullptr, ReadGraphText, SpareOfGraphText},
    InputFormat{"labels", "", SmallLabels, nullptr, ReadLabels, None},
    InputFormat{"picture_list", "", SmallPictureLists, nullptr, ReadPictureList, All},
};

}  // namespace

std::span<const InputFormat> InputFormats() { return kFormats; }

}  // namespace goldcrest::testing
