#include "formats/keras/hdf5_file.h"

#include "formats/keras/hdf5_library.h"

namespace goldcrest::formats::keras {
namespace {

using base::Channel;

// What the parent asks for: an operation, a path and a name; the answer is an error or what it
// asked.
enum class Request : uint8_t { kHasGroup, kHasAttribute, kTexts, kFloats };

// The library copies the file, and its data may be packed: what it may take grows with the file's
// size.
base::ChildLimits LimitsFor(uint64_t file_bytes) {
  constexpr uint64_t kBytes = uint64_t{160} << 20;
  constexpr uint64_t kMillisecond = uint64_t{12} << 10;  // of a file that is slow to unpack
  return {.memory_bytes = kBytes + 24 * file_bytes,
          .processor_time = std::chrono::milliseconds(500 + file_bytes / kMillisecond)};
}

// The child's side.

bool SendError(Channel& channel, const Error& error) {
  return channel.SendNumber(uint8_t{1}) && channel.SendNumber(static_cast<uint8_t>(error.code)) &&
         channel.SendText(error.ToString());
}

bool SendFlag(Channel& channel, bool flag) {
  return channel.SendNumber(uint8_t{0}) && channel.SendNumber(static_cast<uint8_t>(flag));
}

bool SendTexts(Channel& channel, const Result<std::vector<std::string>>& texts) {
  if (!texts) return SendError(channel, texts.error());
  bool sent =
      channel.SendNumber(uint8_t{0}) && channel.SendNumber(static_cast<uint32_t>(texts->size()));
  for (const std::string& text : *texts) sent = sent && channel.SendText(text);
  return sent;
}

bool SendTensor(Channel& channel, const Result<tensor::Tensor>& tensor) {
  if (!tensor) return SendError(channel, tensor.error());
  bool sent = channel.SendNumber(uint8_t{0}) &&
              channel.SendNumber(static_cast<uint32_t>(tensor->shape().size()));
  for (int64_t dimension : tensor->shape()) sent = sent && channel.SendNumber(dimension);
  return sent && channel.Send(tensor->view().bytes);
}

bool Answer(Channel& channel, const Hdf5Library& file) {
  Request request{};
  std::string path;
  std::string name;
  bool asked = channel.ReceiveNumber(request) && channel.ReceiveText(path, kLongestText) &&
               channel.ReceiveText(name, kLongestText);
  if (!asked) return false;  // the parent has what it wants
  switch (request) {
    case Request::kHasGroup:
      return SendFlag(channel, file.HasGroup(path));
    case Request::kHasAttribute:
      return SendFlag(channel, file.HasAttribute(path, name));
    case Request::kTexts:
      return SendTexts(channel, file.Texts(path, name));
    case Request::kFloats:
      return SendTensor(channel, file.Floats(path));
  }
  return false;
}

void Serve(Channel& channel, std::span<const std::byte> bytes) {
  Result<Hdf5Library> file = Hdf5Library::Open(bytes);
  if (!file) {
    SendError(channel, file.error());
    return;
  }
  bool more = SendFlag(channel, true);
  while (more) more = Answer(channel, *file);
}

// The parent's side.

std::unexpected<Error> Lost() {
  return Fail(
      ErrorCode::kInvalid,
      "the HDF5 file is damaged: the library that reads it crashed, or took too long or too "
      "much memory");
}

// Reads the mark of an answer, and the error where it is one.
Status ReceiveStatus(Channel& channel) {
  uint8_t failed = 0;
  if (!channel.ReceiveNumber(failed)) return Lost();
  if (failed == 0) return {};
  uint8_t code = 0;
  std::string message;
  if (!channel.ReceiveNumber(code) || !channel.ReceiveText(message, kLongestText)) return Lost();
  if (code > static_cast<uint8_t>(ErrorCode::kLimit) || message.empty()) return Lost();
  return Fail(static_cast<ErrorCode>(code), message);
}

Status Ask(Channel& channel, Request request, const std::string& path, const std::string& name) {
  bool sent = channel.SendNumber(request) && channel.SendText(path) && channel.SendText(name);
  return sent ? ReceiveStatus(channel) : Lost();
}

bool AskFlag(Channel& channel, Request request, const std::string& path, const std::string& name) {
  uint8_t flag = 0;
  return Ask(channel, request, path, name) && channel.ReceiveNumber(flag) && flag == 1;
}

}  // namespace

Result<Hdf5File> Hdf5File::Open(std::span<const std::byte> file) {
  GOLDCREST_TRY(base::ChildProcess child,
                base::ChildProcess::Start(LimitsFor(file.size()),
                                          [file](Channel& channel) { Serve(channel, file); }));
  GOLDCREST_RETURN_IF_ERROR(ReceiveStatus(child.channel()));
  uint8_t opened = 0;
  if (!child.channel().ReceiveNumber(opened)) return Lost();
  return Hdf5File(std::move(child), file.size());
}

bool Hdf5File::HasGroup(const std::string& path) const {
  return AskFlag(child_.channel(), Request::kHasGroup, path, "");
}

bool Hdf5File::HasAttribute(const std::string& path, const std::string& name) const {
  return AskFlag(child_.channel(), Request::kHasAttribute, path, name);
}

Result<std::vector<std::string>> Hdf5File::Texts(const std::string& path,
                                                 const std::string& attribute) const {
  Channel& channel = child_.channel();
  GOLDCREST_RETURN_IF_ERROR(Ask(channel, Request::kTexts, path, attribute));
  uint32_t count = 0;
  if (!channel.ReceiveNumber(count) || count > kMostTexts) return Lost();
  std::vector<std::string> texts;
  uint64_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    std::string text;
    if (!channel.ReceiveText(text, kLongestText)) return Lost();
    total += text.size();
    if (total > kLongestText) return Lost();
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::vector<std::string>> Hdf5File::SplitTexts(const std::string& path,
                                                      const std::string& attribute) const {
  if (HasAttribute(path, attribute) || !HasAttribute(path, base::Cat(attribute, 0))) {
    return Texts(path, attribute);
  }
  std::vector<std::string> all;
  for (int part = 0; HasAttribute(path, base::Cat(attribute, part)); ++part) {
    GOLDCREST_TRY(std::vector<std::string> texts, Texts(path, base::Cat(attribute, part)));
    all.insert(all.end(), texts.begin(), texts.end());
    if (all.size() > kMostTexts) return Lost();
  }
  return all;
}

Result<std::string> Hdf5File::Text(const std::string& path, const std::string& attribute) const {
  GOLDCREST_TRY(std::vector<std::string> texts, Texts(path, attribute));
  if (texts.size() == 1) return std::move(texts.front());
  return Fail(ErrorCode::kInvalid, "the attribute ", attribute, " of ", path, " is no single text");
}

Result<tensor::Tensor> Hdf5File::Floats(const std::string& path) const {
  Channel& channel = child_.channel();
  GOLDCREST_RETURN_IF_ERROR(Ask(channel, Request::kFloats, path, ""));
  uint32_t rank = 0;
  if (!channel.ReceiveNumber(rank) || rank > 8) return Lost();
  tensor::Shape shape(rank);
  for (int64_t& dimension : shape) {
    if (!channel.ReceiveNumber(dimension)) return Lost();
  }
  std::optional<size_t> bytes = tensor::ByteCount(tensor::DType::kFloat32, shape);
  if (!bytes || *bytes > MostDataBytes(file_bytes_)) return Lost();
  GOLDCREST_TRY(tensor::Tensor tensor,
                tensor::Tensor::Create(tensor::DType::kFloat32, std::move(shape)));
  if (!channel.Receive(tensor.mutable_view().bytes)) return Lost();
  return tensor;
}

}  // namespace goldcrest::formats::keras
