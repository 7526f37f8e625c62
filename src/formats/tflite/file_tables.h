// The tables of a .tflite file: verified, so that all that they point at lies within the file. What
// they say is still to be checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "schema_generated.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::tflite {

// A vector that may be absent, as one that may be empty.
template <class T>
uint32_t SizeOf(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

inline std::string TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

class FileTables {
 public:
  // Refuses what is damaged or of another format version. The subgraph is that of the signature
  // `signature_key`; without a key that of the only signature, or of "serving_default".
  static Result<FileTables> Open(const tensor::SharedBytes& file, const std::string& signature_key);

  const tensor::SharedBytes& file() const { return file_; }
  const schema::Model& model() const { return *schema::GetModel(file_.bytes().data()); }
  const schema::SubGraph& subgraph() const { return *model().subgraphs()->Get(subgraph_); }
  // Null where the file has no signature, as old ones.
  const schema::SignatureDef* signature() const { return signature_; }

  // The bytes of a buffer; none where it is empty.
  Result<std::span<const std::byte>> BufferAt(uint32_t index) const;

  // To be called for what is copied out of the file: vectors of a flatbuffer may point at the same
  // table again and again, and copies must not grow beyond the file.
  Status CountCopied(size_t bytes);

 private:
  explicit FileTables(const tensor::SharedBytes& file) : file_(file) {}

  // Finds the signature and its subgraph.
  Status Choose(const std::string& signature_key);

  tensor::SharedBytes file_;
  const schema::SignatureDef* signature_ = nullptr;
  uint32_t subgraph_ = 0;
  size_t copied_ = 0;
};

}  // namespace goldcrest::formats::tflite
