// Packed weights of a model in a file, so that they are mapped the next time and not packed.
//
// The file is a Header, its Entries, then their bytes, each at a multiple of 64; all of this
// machine's byte order. A key says all that packed weights are made of (the constants, the layer
// and the kernel that reads them), so bytes of another model, machine or version are never found;
// what is found is hashed before it is used.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::runtime {

class WeightCache {
 public:
  // The file need not be there. One that is damaged counts as empty.
  explicit WeightCache(std::string path);

  // What is kept under the key, if it is whole and has that size; else no bytes. From any number of
  // threads at once, as `Keep`.
  tensor::SharedBytes Find(uint64_t key, size_t size);
  // What was not found is to be kept.
  void Keep(uint64_t key, const tensor::SharedBytes& packed);

  // Writes the file anew where something was not found in it: of all that was asked for. The user
  // is told.
  void Save(std::vector<std::string>& notes);

 private:
  struct Entry {
    uint64_t key, offset, size, hash;
  };
  struct Header {
    uint64_t magic, entries, hash;  // of all entries, one after the other
    uint64_t unused[5];
  };
  struct Weights {
    Entry entry;
    tensor::SharedBytes bytes;
  };

  void Use(const Entry& entry, const tensor::SharedBytes& packed);
  Status Write();

  std::string path_;
  std::shared_ptr<const base::MappedFile> file_;  // null: there is none, or it cannot be read
  std::span<const Entry> entries_;                // of the file
  std::mutex mutex_;                              // of what follows
  std::vector<Weights> used_;
  bool missed_ = false;  // something was not found
};

}  // namespace goldcrest::runtime
