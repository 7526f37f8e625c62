// The C interface: every function is a thin wrapper of api::Session that lets no exception out.
#include <goldcrest/goldcrest.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "api/session.h"
#include "image/row_source.h"

using goldcrest::Error;
using goldcrest::ErrorCode;
using goldcrest::Fail;
using goldcrest::Result;
using goldcrest::Status;
namespace api = goldcrest::api;
namespace base = goldcrest::base;
namespace graph = goldcrest::graph;
namespace tensor = goldcrest::tensor;

struct goldcrest_options {
  api::SessionOptions options;
};

struct goldcrest_tensor {
  std::string name;
  tensor::MutableTensorView view;  // of an output, written by runs only
  tensor::Quantization quantization;
};

struct goldcrest_session {
  explicit goldcrest_session(api::Session opened) : session(std::move(opened)) {}

  api::Session session;
  std::vector<goldcrest_tensor> inputs;
  std::vector<goldcrest_tensor> outputs;
  std::optional<std::string> input_contract;
};

namespace {

goldcrest_code CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return GOLDCREST_INVALID;
    case ErrorCode::kNotFound:
      return GOLDCREST_NOT_FOUND;
    case ErrorCode::kUnsupported:
      return GOLDCREST_UNSUPPORTED;
    case ErrorCode::kUsage:
      return GOLDCREST_USAGE;
    case ErrorCode::kIo:
      return GOLDCREST_IO;
    case ErrorCode::kLimit:
      return GOLDCREST_LIMIT;
  }
  return GOLDCREST_INTERNAL;
}

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Copies `text`, its middle left out where it does not fit; no character of UTF-8 is cut.
void CopyMessage(std::string_view text, std::span<char> to) noexcept {
  constexpr std::string_view kGap = " ... ";
  const size_t room = to.size() - 1;
  size_t head = text.size();
  size_t tail = text.size();
  if (text.size() > room) {
    head = (room - kGap.size()) / 2;
    tail = text.size() - (room - kGap.size() - head);
    while (head > 0 && ContinuesCharacter(text[head])) --head;
    while (tail < text.size() && ContinuesCharacter(text[tail])) ++tail;
  }
  char* end = std::ranges::copy(text.substr(0, head), to.data()).out;
  if (head < text.size()) end = std::ranges::copy(kGap, end).out;
  *std::ranges::copy(text.substr(tail), end).out = '\0';
}

goldcrest_code Report(goldcrest_code code, std::string_view message,
                      goldcrest_error* error) noexcept {
  if (error != nullptr) {
    error->code = code;
    CopyMessage(message, error->message);
  }
  return code;
}

// Does `work`, a Status, and turns whatever goes wrong into a code.
template <class Work>
goldcrest_code Guarded(goldcrest_error* error, const Work& work) noexcept {
  try {
    Status status = work();
    if (status) return GOLDCREST_OK;
    return Report(CodeOf(status.error().code), status.error().ToString(), error);
  } catch (const std::bad_alloc&) {
    return Report(GOLDCREST_LIMIT, "there is not enough memory for this", error);
  } catch (const std::system_error& thrown) {
    return Report(GOLDCREST_LIMIT, thrown.what(), error);  // no more threads
  } catch (const std::exception& thrown) {
    return Report(GOLDCREST_INTERNAL, thrown.what(), error);
  } catch (...) {
    return Report(GOLDCREST_INTERNAL, "an unknown exception", error);
  }
}

Status ExpectGiven(const void* pointer, const char* what) {
  if (pointer != nullptr) return {};
  return Fail(ErrorCode::kUsage, what, " is null");
}

Status SetOption(api::SessionOptions& options, std::string name, const char* value) {
  std::ranges::replace(name, '_', '-');
  if (name == "threads") {
    constexpr int64_t kMostThreads = 256;
    int64_t threads = 0;
    if (!base::ParseInt(value, threads) || threads < 1 || threads > kMostThreads) {
      return Fail(ErrorCode::kUsage, "the option threads is '", value, "'; it can be 1 to ",
                  kMostThreads);
    }
    options.threads = static_cast<int>(threads);
  } else if (name == "isa") {
    GOLDCREST_TRY(options.isa, base::ParseIsa("the option isa", value));
  } else if (name == "arithmetic") {
    GOLDCREST_TRY(options.arithmetic, tensor::ParseArithmetic("the option arithmetic", value));
  } else if (name == "input-shapes") {
    GOLDCREST_TRY(options.input_shapes, tensor::ParseShapes(value));
  } else if (name == "normalize") {
    GOLDCREST_RETURN_IF_ERROR(tensor::ParseNormalization(value));
    options.contract.normalize = value;
  } else if (name == "resize") {
    options.contract.resize = value;
  } else if (name == "crop") {
    options.contract.crop = value;
  } else {
    const std::vector<std::string> names = {"threads",   "isa",    "arithmetic", "input-shapes",
                                            "normalize", "resize", "crop"};
    std::string nearest = base::Nearest(name, names);
    return Fail(ErrorCode::kUsage, "there is no option '", name, "'",
                nearest.empty() ? base::Cat("; there are ", base::Join(names, ", "))
                                : base::Cat("; did you mean ", nearest, "?"));
  }
  return {};
}

// The tensors that callers see of `ids`.
std::vector<goldcrest_tensor> TensorsOf(const graph::Graph& graph,
                                        const std::vector<graph::ValueId>& ids,
                                        const std::vector<std::string>& names,
                                        const auto& view_of) {
  std::vector<goldcrest_tensor> tensors;
  for (size_t i = 0; i < ids.size(); ++i) {
    const graph::Value& value = graph.value(ids[i]);
    tensors.push_back({names.empty() ? value.name : names[i], view_of(i), value.quantization});
  }
  return tensors;
}

std::unique_ptr<goldcrest_session> MakeHandle(api::Session opened) {
  auto handle = std::make_unique<goldcrest_session>(std::move(opened));
  api::Session& session = handle->session;
  const graph::Graph& graph = session.graph();
  handle->inputs =
      TensorsOf(graph, graph.inputs, graph.input_names, [&](size_t i) { return session.input(i); });
  handle->outputs = TensorsOf(graph, graph.outputs, graph.output_names, [&](size_t i) {
    const tensor::TensorView view = session.output(i);
    return tensor::MutableTensorView{
        view.dtype, view.shape, {const_cast<std::byte*>(view.bytes.data()), view.bytes.size()}};
  });
  if (graph.metadata.input_contract) {
    handle->input_contract = base::Cat(tensor::Describe(*graph.metadata.input_contract), " (from ",
                                       graph.metadata.input_contract_from, ")");
  }
  return handle;
}

template <class Open>
goldcrest_code OpenSession(const goldcrest_options* options, goldcrest_session** session,
                           goldcrest_error* error, const Open& open) noexcept {
  if (session != nullptr) *session = nullptr;
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(session, "session"));
    GOLDCREST_TRY(api::Session opened,
                  open(options == nullptr ? api::SessionOptions{} : options->options));
    *session = MakeHandle(std::move(opened)).release();
    return {};
  });
}

// A caller's picture.
class PixelRows final : public goldcrest::image::RowSource {
 public:
  PixelRows(const uint8_t* rgb, int64_t width, int64_t height, int64_t row_stride)
      : next_(rgb), row_stride_(row_stride) {
    SetSize(width, height, 1);
  }
  Result<const uint8_t*> NextRow() override {
    // No address beyond the last row is made.
    if (given_++ > 0) next_ += row_stride_;
    return next_;
  }

 private:
  const uint8_t* next_;
  int64_t row_stride_;
  int64_t given_ = 0;
};

// Puts the distance of dense rows where the caller leaves it open.
Status CheckPixels(int64_t width, int64_t height, int64_t& row_stride) {
  constexpr int64_t kLargestSide = int64_t{1} << 24;
  constexpr int64_t kMostPixels = int64_t{1} << 30;
  if (width < 1 || height < 1) {
    return Fail(ErrorCode::kUsage, "a picture of ", width, " x ", height, " pixels");
  }
  if (width > kLargestSide || height > kLargestSide || width * height > kMostPixels) {
    return Fail(ErrorCode::kLimit, "a picture of ", width, " x ", height,
                " pixels; the limits are ", kLargestSide, " a side and ", kMostPixels, " in all");
  }
  if (row_stride == 0) row_stride = 3 * width;
  if (row_stride > -3 * width && row_stride < 3 * width) {
    return Fail(ErrorCode::kUsage, "rows are ", row_stride, " bytes apart, but each has ",
                3 * width);
  }
  return {};
}

const char* TextAt(const std::vector<std::string>& texts, size_t index) {
  return index < texts.size() ? texts[index].c_str() : nullptr;
}

}  // namespace

const char* goldcrest_version(void) { return GOLDCREST_VERSION; }

goldcrest_options* goldcrest_options_create(void) { return new (std::nothrow) goldcrest_options; }

void goldcrest_options_destroy(goldcrest_options* options) { delete options; }

goldcrest_code goldcrest_options_set(goldcrest_options* options, const char* name,
                                     const char* value, goldcrest_error* error) {
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(options, "options"));
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(name, "name"));
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(value, "value"));
    return SetOption(options->options, name, value);
  });
}

goldcrest_code goldcrest_session_open(const char* path, const goldcrest_options* options,
                                      goldcrest_session** session, goldcrest_error* error) {
  return OpenSession(options, session, error,
                     [&](const api::SessionOptions& given) -> Result<api::Session> {
                       GOLDCREST_RETURN_IF_ERROR(ExpectGiven(path, "path"));
                       return api::Session::Open(path, given);
                     });
}

goldcrest_code goldcrest_session_open_memory(const void* bytes, size_t size,
                                             const goldcrest_options* options,
                                             goldcrest_session** session, goldcrest_error* error) {
  return OpenSession(
      options, session, error, [&](const api::SessionOptions& given) -> Result<api::Session> {
        GOLDCREST_RETURN_IF_ERROR(ExpectGiven(bytes, "bytes"));
        return api::Session::OpenMemory({static_cast<const std::byte*>(bytes), size}, given);
      });
}

void goldcrest_session_close(goldcrest_session* session) { delete session; }

const char* goldcrest_session_isa(const goldcrest_session* session) {
  return session == nullptr ? "" : base::NameOf(session->session.isa()).data();
}

size_t goldcrest_session_arena_bytes(const goldcrest_session* session) {
  return session == nullptr ? 0 : session->session.executor().arena_bytes();
}

size_t goldcrest_session_note_count(const goldcrest_session* session) {
  return session == nullptr ? 0 : session->session.notes().size();
}

const char* goldcrest_session_note(const goldcrest_session* session, size_t index) {
  return session == nullptr ? nullptr : TextAt(session->session.notes(), index);
}

size_t goldcrest_session_input_count(const goldcrest_session* session) {
  return session == nullptr ? 0 : session->inputs.size();
}

size_t goldcrest_session_output_count(const goldcrest_session* session) {
  return session == nullptr ? 0 : session->outputs.size();
}

goldcrest_tensor* goldcrest_session_input(goldcrest_session* session, size_t index) {
  return index < goldcrest_session_input_count(session) ? &session->inputs[index] : nullptr;
}

const goldcrest_tensor* goldcrest_session_output(const goldcrest_session* session, size_t index) {
  return index < goldcrest_session_output_count(session) ? &session->outputs[index] : nullptr;
}

const char* goldcrest_tensor_name(const goldcrest_tensor* tensor) {
  return tensor == nullptr ? "" : tensor->name.c_str();
}

// The enumerators are in the order of tensor::DType.
goldcrest_dtype goldcrest_tensor_dtype(const goldcrest_tensor* tensor) {
  static_assert(static_cast<int>(tensor::DType::kFloat32) == GOLDCREST_FLOAT32);
  static_assert(static_cast<int>(tensor::DType::kFloat16) == GOLDCREST_FLOAT16);
  static_assert(static_cast<int>(tensor::DType::kInt8) == GOLDCREST_INT8);
  static_assert(static_cast<int>(tensor::DType::kUInt8) == GOLDCREST_UINT8);
  static_assert(static_cast<int>(tensor::DType::kInt16) == GOLDCREST_INT16);
  static_assert(static_cast<int>(tensor::DType::kInt32) == GOLDCREST_INT32);
  static_assert(static_cast<int>(tensor::DType::kInt64) == GOLDCREST_INT64);
  static_assert(static_cast<int>(tensor::DType::kBool) == GOLDCREST_BOOL);
  return tensor == nullptr ? GOLDCREST_FLOAT32 : static_cast<goldcrest_dtype>(tensor->view.dtype);
}

size_t goldcrest_tensor_rank(const goldcrest_tensor* tensor) {
  return tensor == nullptr ? 0 : tensor->view.shape.size();
}

const int64_t* goldcrest_tensor_shape(const goldcrest_tensor* tensor) {
  return tensor == nullptr ? nullptr : tensor->view.shape.data();
}

float goldcrest_tensor_scale(const goldcrest_tensor* tensor) {
  return tensor == nullptr || tensor->quantization.empty() ? 0 : tensor->quantization.scale[0];
}

int64_t goldcrest_tensor_zero_point(const goldcrest_tensor* tensor) {
  return tensor == nullptr || tensor->quantization.empty() ? 0 : tensor->quantization.zero_point[0];
}

size_t goldcrest_tensor_size_bytes(const goldcrest_tensor* tensor) {
  return tensor == nullptr ? 0 : tensor->view.bytes.size();
}

const void* goldcrest_tensor_data(const goldcrest_tensor* tensor) {
  return tensor == nullptr ? nullptr : tensor->view.bytes.data();
}

void* goldcrest_tensor_mutable_data(goldcrest_tensor* tensor) {
  return tensor == nullptr ? nullptr : tensor->view.bytes.data();
}

const char* goldcrest_session_input_contract(const goldcrest_session* session) {
  return session == nullptr || !session->input_contract ? nullptr
                                                        : session->input_contract->c_str();
}

goldcrest_code goldcrest_session_set_pixels(goldcrest_session* session, const uint8_t* rgb,
                                            int64_t width, int64_t height, int64_t row_stride,
                                            goldcrest_error* error) {
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(session, "session"));
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(rgb, "rgb"));
    GOLDCREST_RETURN_IF_ERROR(CheckPixels(width, height, row_stride));
    PixelRows rows(rgb, width, height, row_stride);
    return session->session.SetPicture(rows);
  });
}

goldcrest_code goldcrest_session_run(goldcrest_session* session, goldcrest_error* error) {
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(session, "session"));
    session->session.Run();
    return {};
  });
}

goldcrest_code goldcrest_session_top(const goldcrest_session* session, goldcrest_class* classes,
                                     size_t capacity, size_t* count, goldcrest_error* error) {
  if (count != nullptr) *count = 0;
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(session, "session"));
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(count, "count"));
    if (capacity > 0) GOLDCREST_RETURN_IF_ERROR(ExpectGiven(classes, "classes"));
    GOLDCREST_TRY(auto top, session->session.Top(capacity));
    for (const api::ClassScore& best : top) {
      const char* label = goldcrest_session_label(session, static_cast<size_t>(best.index));
      classes[(*count)++] = {best.index, best.score, label == nullptr ? "" : label};
    }
    return {};
  });
}

size_t goldcrest_session_label_count(const goldcrest_session* session) {
  return session == nullptr ? 0 : session->session.graph().metadata.labels.size();
}

const char* goldcrest_session_label(const goldcrest_session* session, size_t index) {
  return session == nullptr ? nullptr : TextAt(session->session.graph().metadata.labels, index);
}
