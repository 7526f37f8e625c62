// Goldcrest for C++17: handles that close themselves, errors by value. Header only, over
// goldcrest.h, whose rules on threads, memory and compatibility hold here too. Needs neither
// exceptions nor RTTI.
//
//   auto session = goldcrest::Session::Open("model.tflite", goldcrest::Options().Set("threads",
//   "2")); if (!session) return Fail(session.error().message); auto status =
//   session->SetPixels(rgb, width, height); if (status) status = session->Run(); if (!status)
//   return Fail(status.error().message); for (const goldcrest::Class& best : *session->Top(5)) …
#pragma once

#include <goldcrest/goldcrest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace goldcrest {

struct Error {
  goldcrest_code code = GOLDCREST_OK;
  std::string message;  // what, where in the file, and what to do, on one line
};

// A value, or the error that stood in its way. Access what is there: nothing checks.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// That something went well, or the error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const { return error_.code == GOLDCREST_OK; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

namespace internal {

template <class Call>
Status StatusOf(const Call& call) {
  goldcrest_error error;
  if (call(&error) == GOLDCREST_OK) return {};
  return Error{error.code, error.message};
}

template <class T>
struct DTypeOf;  // of elements as C++ has them
template <>
struct DTypeOf<float> {
  static constexpr goldcrest_dtype value = GOLDCREST_FLOAT32;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr goldcrest_dtype value = GOLDCREST_INT8;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr goldcrest_dtype value = GOLDCREST_UINT8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr goldcrest_dtype value = GOLDCREST_INT16;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr goldcrest_dtype value = GOLDCREST_INT32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr goldcrest_dtype value = GOLDCREST_INT64;
};
template <>
struct DTypeOf<bool> {
  static constexpr goldcrest_dtype value = GOLDCREST_BOOL;
};

}  // namespace internal

// How a session is to be made. What is set wrongly is an error when the session is opened.
class Options {
 public:
  // The options of goldcrest_options_set: Options().Set("threads", "2").Set("normalize", "unit").
  Options& Set(std::string name, std::string value) {
    said_.emplace_back(std::move(name), std::move(value));
    return *this;
  }

 private:
  friend class Session;
  std::vector<std::pair<std::string, std::string>> said_;
};

// Elements of an input or output, in the session's memory; valid as long as the session is open.
class ConstTensor {
 public:
  explicit ConstTensor(const goldcrest_tensor* tensor) : tensor_(tensor) {}

  const char* name() const { return goldcrest_tensor_name(tensor_); }
  goldcrest_dtype dtype() const { return goldcrest_tensor_dtype(tensor_); }
  std::vector<std::int64_t> shape() const {
    const std::int64_t* first = goldcrest_tensor_shape(tensor_);
    return {first, first + goldcrest_tensor_rank(tensor_)};
  }
  // real = scale · (element − zero point); a scale of 0: the elements stand for themselves.
  float scale() const { return goldcrest_tensor_scale(tensor_); }
  std::int64_t zero_point() const { return goldcrest_tensor_zero_point(tensor_); }

  std::size_t size_bytes() const { return goldcrest_tensor_size_bytes(tensor_); }
  const void* bytes() const { return goldcrest_tensor_data(tensor_); }
  // Null where the elements are of another type.
  template <class T>
  const T* data() const {
    return dtype() == internal::DTypeOf<T>::value ? static_cast<const T*>(bytes()) : nullptr;
  }
  // As many elements of that type.
  template <class T>
  std::size_t size() const {
    return size_bytes() / sizeof(T);
  }

 private:
  const goldcrest_tensor* tensor_;
};

// The same, to be written.
class Tensor : public ConstTensor {
 public:
  explicit Tensor(goldcrest_tensor* tensor) : ConstTensor(tensor), tensor_(tensor) {}

  void* mutable_bytes() const { return goldcrest_tensor_mutable_data(tensor_); }
  template <class T>
  T* mutable_data() const {
    return dtype() == internal::DTypeOf<T>::value ? static_cast<T*>(mutable_bytes()) : nullptr;
  }
  // Copies elements of that shape; an error, and nothing copied, unless type and shape are the
  // tensor's.
  template <class T>
  Status Write(const T* elements, const std::vector<std::int64_t>& shape) const {
    return internal::StatusOf([&](goldcrest_error* error) {
      return goldcrest_tensor_write(tensor_, internal::DTypeOf<T>::value, shape.data(),
                                    shape.size(), elements, error);
    });
  }

 private:
  goldcrest_tensor* tensor_;
};

using Class = goldcrest_class;  // index, score, label

inline const char* Version() { return goldcrest_version(); }

// A model made ready to run. It can be moved, not copied; one thread uses it at a time.
class Session {
 public:
  // Opens a .tflite file.
  static Result<Session> Open(const std::string& path, const Options& options = {}) {
    return OpenWith(options,
                    [&](auto... rest) { return goldcrest_session_open(path.c_str(), rest...); });
  }
  // The same of bytes that stay as they are until the session is closed: they are not copied.
  static Result<Session> OpenMemory(const void* bytes, std::size_t size,
                                    const Options& options = {}) {
    return OpenWith(
        options, [&](auto... rest) { return goldcrest_session_open_memory(bytes, size, rest...); });
  }

  std::size_t input_count() const { return goldcrest_session_input_count(handle()); }
  std::size_t output_count() const { return goldcrest_session_output_count(handle()); }
  // `index` is less than the count.
  Tensor input(std::size_t index) { return Tensor(goldcrest_session_input(handle(), index)); }
  ConstTensor output(std::size_t index) const {
    return ConstTensor(goldcrest_session_output(handle(), index));
  }

  // Puts a picture into the first input as the input contract says: three bytes a pixel, red first,
  // rows `row_stride` bytes apart (0: 3 · width; negative: from the bottom up).
  Status SetPixels(const std::uint8_t* rgb, std::int64_t width, std::int64_t height,
                   std::int64_t row_stride = 0) {
    return internal::StatusOf([&](goldcrest_error* error) {
      return goldcrest_session_set_pixels(handle(), rgb, width, height, row_stride, error);
    });
  }

  // Computes the outputs of the inputs; allocates nothing.
  Status Run() {
    return internal::StatusOf(
        [&](goldcrest_error* error) { return goldcrest_session_run(handle(), error); });
  }

  // The best classes of the first output, best first; labels live as long as the session.
  Result<std::vector<Class>> Top(std::size_t count) const {
    std::vector<Class> classes(count);
    std::size_t found = 0;
    Status status = internal::StatusOf([&](goldcrest_error* error) {
      return goldcrest_session_top(handle(), classes.data(), count, &found, error);
    });
    if (!status) return status.error();
    classes.resize(found);
    return classes;
  }

  std::size_t label_count() const { return goldcrest_session_label_count(handle()); }
  const char* label(std::size_t index) const { return goldcrest_session_label(handle(), index); }
  // Null where neither the file nor the options say how pictures become the input.
  const char* input_contract() const { return goldcrest_session_input_contract(handle()); }
  const char* isa() const { return goldcrest_session_isa(handle()); }
  std::size_t arena_bytes() const { return goldcrest_session_arena_bytes(handle()); }
  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    for (std::size_t i = 0; i < goldcrest_session_note_count(handle()); ++i) {
      notes.emplace_back(goldcrest_session_note(handle(), i));
    }
    return notes;
  }

  // For functions of goldcrest.h that have no member here.
  goldcrest_session* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(goldcrest_session* session) const { goldcrest_session_close(session); }
    void operator()(goldcrest_options* options) const { goldcrest_options_destroy(options); }
  };

  explicit Session(goldcrest_session* handle) : handle_(handle) {}

  template <class Call>
  static Result<Session> OpenWith(const Options& options, const Call& call) {
    std::unique_ptr<goldcrest_options, Close> said(goldcrest_options_create());
    for (const auto& [name, value] : options.said_) {
      Status status = internal::StatusOf([&, n = name.c_str(), v = value.c_str()](auto* error) {
        return goldcrest_options_set(said.get(), n, v, error);
      });
      if (!status) return status.error();
    }
    goldcrest_session* opened = nullptr;
    Status status = internal::StatusOf(
        [&](goldcrest_error* error) { return call(said.get(), &opened, error); });
    if (!status) return status.error();
    return Session(opened);
  }

  std::unique_ptr<goldcrest_session, Close> handle_;
};

}  // namespace goldcrest
