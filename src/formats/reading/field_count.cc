#include "formats/reading/field_count.h"

#include "formats/reading/parse_message.h"
#include "formats/reading/varint.h"

namespace goldcrest::formats::reading {
namespace {

constexpr int64_t kMostFields = int64_t{1} << 22;

enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

class Counter {
 public:
  explicit Counter(std::span<const NestedField> nested) : nested_(nested) {}

  // Ends where more are counted than may be.
  void Count(int kind, std::span<const std::byte> message, int depth) {
    base::ByteReader reader(message);
    bool ok = true;
    while (reader.left() > 0 && ok && reader.ok() && --left_ >= 0) {
      const uint64_t tag = ReadVarint(reader, ok);
      switch (tag & 7) {
        case kVarint:
          ReadVarint(reader, ok);
          break;
        case kFixed64:
          reader.Skip(8);
          break;
        case kFixed32:
          reader.Skip(4);
          break;
        case kBytes: {
          const uint64_t size = ReadVarint(reader, ok);
          if (!ok || size > reader.left()) return;
          CountWithin(kind, tag >> 3, reader.Take(static_cast<size_t>(size)), depth + 1);
          break;
        }
        default:
          return;
      }
    }
  }

  bool few() const { return left_ >= 0; }

 private:
  void CountWithin(int kind, uint64_t field, std::span<const std::byte> content, int depth) {
    if (depth > kDeepestMessage) return;
    for (const NestedField& nested : nested_) {
      if (nested.kind == kind && nested.field == field) Count(nested.content, content, depth);
    }
  }

  std::span<const NestedField> nested_;
  int64_t left_ = kMostFields;
};

}  // namespace

Status ExpectFewFields(std::span<const NestedField> nested, int kind,
                       std::span<const std::byte> message) {
  Counter counter(nested);
  counter.Count(kind, message, 0);
  if (counter.few()) return {};
  return Fail(ErrorCode::kLimit, "the graph's nodes have more than ", kMostFields,
              " names, inputs and attributes; no model has");
}

}  // namespace goldcrest::formats::reading
