// The C interface: every function is a thin wrapper of api::Session that lets no exception out.
#include <goldcrest/goldcrest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "api/c_error.h"
#include "api/pixel_rows.h"
#include "api/session.h"

using goldcrest::Result;
using goldcrest::Status;
using goldcrest::api::ExpectGiven;
using goldcrest::api::Guarded;
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
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(static_cast<const void*>(session), "session"));
    GOLDCREST_TRY(api::Session opened,
                  open(options == nullptr ? api::SessionOptions{} : options->options));
    *session = MakeHandle(std::move(opened)).release();
    return {};
  });
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

goldcrest_code goldcrest_tensor_write(goldcrest_tensor* tensor, goldcrest_dtype dtype,
                                      const int64_t* shape, size_t rank, const void* elements,
                                      goldcrest_error* error) {
  return Guarded(error, [&]() -> Status {
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(tensor, "tensor"));
    if (rank > 0) GOLDCREST_RETURN_IF_ERROR(ExpectGiven(shape, "shape"));
    GOLDCREST_RETURN_IF_ERROR(ExpectGiven(elements, "elements"));
    const tensor::MutableTensorView& view = tensor->view;
    const std::span<const int64_t> given(shape, rank);
    if (dtype != static_cast<goldcrest_dtype>(view.dtype) ||
        !std::ranges::equal(given, view.shape)) {
      const bool known = dtype >= GOLDCREST_FLOAT32 && dtype <= GOLDCREST_BOOL;
      return goldcrest::Fail(
          goldcrest::ErrorCode::kInvalid, "'", tensor->name, "' takes ",
          tensor::DescribeType(view.dtype, view.shape, tensor->quantization), ", not ",
          known ? tensor::NameOf(static_cast<tensor::DType>(dtype)) : "an unknown type",
          tensor::ToString(given),
          tensor->quantization.empty() ? "" : "; an element is real / scale + zero point");
    }
    std::memcpy(view.bytes.data(), elements, view.bytes.size());
    return {};
  });
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
    GOLDCREST_RETURN_IF_ERROR(api::CheckPixels(width, height, row_stride));
    api::PixelRows rows(rgb, width, height, row_stride);
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
