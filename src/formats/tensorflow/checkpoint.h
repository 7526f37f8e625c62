// The tensors of a checkpoint: an index of where they lie, and shards of bytes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formats/tensorflow/constant.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::tensorflow {

class Checkpoint {
 public:
  using Shards = std::function<Result<tensor::SharedBytes>(int32_t shard, int32_t count)>;

  // The bytes of the index outlive the object.
  static Result<Checkpoint> Open(std::span<const std::byte> index, Shards shards);

  // A tensor of float32, whose checksum is compared: a window of its shard, or a copy where it does
  // not lie as floats must.
  Result<Floats> Read(std::string_view key, Budget& budget);

 private:
  Result<tensor::SharedBytes> Shard(int32_t number, Budget& budget);

  std::map<std::string, std::span<const std::byte>, std::less<>> entries_;
  int32_t shard_count_ = 0;
  Shards open_;
  std::map<int32_t, tensor::SharedBytes> opened_;
  std::map<std::string, Floats, std::less<>> read_;
};

}  // namespace goldcrest::formats::tensorflow
