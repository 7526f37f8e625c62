#include "formats/tensorflow/checkpoint.h"

#include "base/crc32c.h"
#include "formats/reading/parse_message.h"
#include "formats/tensorflow/data_types.h"
#include "formats/tensorflow/sorted_table.h"
#include "tensor_bundle.pb.h"

namespace goldcrest::formats::tensorflow {
namespace {

constexpr int32_t kMostShards = 100000;  // as many as five digits name

}  // namespace

Result<Checkpoint> Checkpoint::Open(std::span<const std::byte> index, Shards shards) {
  Checkpoint checkpoint;
  GOLDCREST_TRY(checkpoint.entries_, ReadSortedTable(index));
  auto header = checkpoint.entries_.find("");
  if (header == checkpoint.entries_.end()) return Invalid("the index has no header");
  proto::BundleHeaderProto message;
  GOLDCREST_RETURN_IF_ERROR(reading::ParseMessage(header->second, "the index's header", message));
  if (message.endianness() != 0) {
    return Fail(ErrorCode::kUnsupported, "the checkpoint is of a big-endian machine");
  }
  if (message.num_shards() < 1 || message.num_shards() > kMostShards) {
    return Invalid("the checkpoint has ", message.num_shards(), " shards");
  }
  checkpoint.shard_count_ = message.num_shards();
  checkpoint.open_ = std::move(shards);
  return checkpoint;
}

Result<tensor::SharedBytes> Checkpoint::Shard(int32_t number, Budget& budget) {
  if (number < 0 || number >= shard_count_) {
    return Invalid("lies in shard ", number, " of ", shard_count_);
  }
  auto known = opened_.find(number);
  if (known != opened_.end()) return known->second;
  GOLDCREST_TRY(tensor::SharedBytes shard, open_(number, shard_count_));
  budget.AddFile(shard.bytes().size());
  return opened_[number] = std::move(shard);
}

Result<Floats> Checkpoint::Read(std::string_view key, Budget& budget) {
  if (auto known = read_.find(key); known != read_.end()) return known->second;
  auto found = entries_.find(key);
  if (key.empty() || found == entries_.end()) {
    return Fail(ErrorCode::kNotFound, "the checkpoint has no tensor '", key, "'");
  }
  proto::BundleEntryProto entry;
  GOLDCREST_RETURN_IF_ERROR(reading::ParseMessage(found->second, "its place in the index", entry));
  if (entry.dtype() != kFloat) {
    return Fail(ErrorCode::kUnsupported, "is of type ", NameOfType(entry.dtype()),
                "; float32 is read");
  }
  if (entry.slices_size() > 0) {
    return Fail(ErrorCode::kUnsupported,
                "is a partitioned variable; save the model without "
                "partitions");
  }
  GOLDCREST_TRY(tensor::Shape shape, DecodeShape(entry.shape(), false));
  const auto bytes = tensor::ByteCount(tensor::DType::kFloat32, shape);
  if (!bytes || entry.size() < 0 || static_cast<uint64_t>(entry.size()) != *bytes) {
    return Invalid("has the shape ", tensor::ToString(shape), " and ", entry.size(), " bytes");
  }
  GOLDCREST_TRY(const tensor::SharedBytes shard, Shard(entry.shard_id(), budget));
  const size_t shard_bytes = shard.bytes().size();
  if (entry.offset() < 0 || static_cast<uint64_t>(entry.offset()) > shard_bytes ||
      *bytes > shard_bytes - static_cast<size_t>(entry.offset())) {
    return Invalid("lies beyond the end of shard ", entry.shard_id(), "; get the file anew");
  }
  const auto part = shard.bytes().subspan(static_cast<size_t>(entry.offset()), *bytes);
  if (base::MaskedCrc32c(base::Crc32c(part)) != entry.crc32c()) {
    return Invalid("is damaged: its checksum differs; get the file anew");
  }
  tensor::SharedBytes elements = shard.Window(part);
  if (reinterpret_cast<uintptr_t>(part.data()) % alignof(float) != 0) {
    GOLDCREST_RETURN_IF_ERROR(budget.Take(*bytes));
    elements = tensor::SharedBytes::Copy(part);
  }
  return read_.emplace(key, Floats{std::move(shape), std::move(elements)}).first->second;
}

}  // namespace goldcrest::formats::tensorflow
