// SavedModels: signatures, functions, variables, and files of strangers.
#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "base/file.h"
#include "formats/tensorflow/sorted_table.h"
#include "saved_model.pb.h"
#include "support/run_graph.h"
#include "support/saved_model_files.h"
#include "tensor_bundle.pb.h"

namespace goldcrest::formats::tensorflow {
namespace {

using testing::ReadSavedModelParts;
using testing::SavedModelParts;
using testing::SmallSavedModel;
using testing::SortedTable;

void ExpectError(const SavedModelParts& parts, const std::string& part,
                 const ImportOptions& options = {}) {
  auto graph = ReadSavedModelParts(parts, options);
  ASSERT_FALSE(graph) << part;
  EXPECT_NE(graph.error().ToString().find(part), std::string::npos) << graph.error().ToString();
}

// The parts with another message.
SavedModelParts Changed(const std::function<void(proto::MetaGraphDef& graph)>& change) {
  SavedModelParts parts = SmallSavedModel();
  proto::SavedModel model;
  EXPECT_TRUE(model.ParseFromString(parts.saved_model));
  change(*model.mutable_meta_graphs(0));
  parts.saved_model = model.SerializeAsString();
  return parts;
}

// The parts with another place of the weights.
SavedModelParts WithEntry(const std::function<void(proto::BundleEntryProto& entry)>& change) {
  SavedModelParts parts = SmallSavedModel();
  auto entries = ReadSortedTable(base::AsBytes(parts.index));
  std::map<std::string, std::string> changed;
  for (const auto& [key, value] : *entries) changed[key] = base::AsText(value);
  proto::BundleEntryProto entry;
  EXPECT_TRUE(entry.ParseFromString(changed.at("layer/kernel")));
  change(entry);
  changed["layer/kernel"] = entry.SerializeAsString();
  parts.index = SortedTable(changed);
  return parts;
}

TEST(TensorFlowModel, VariablesAndFunctionsBecomeOneGraph) {
  auto graph = ReadSavedModelParts(SmallSavedModel());
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_EQ(graph->input_names, std::vector<std::string>{"x"});
  EXPECT_EQ(graph->output_names, std::vector<std::string>{"y"});
  ASSERT_EQ(graph->nodes.size(), 1);
  ASSERT_TRUE(std::holds_alternative<graph::FullyConnected>(graph->nodes[0].op));
  // Rising numbers by eighths from -3/4 on: x W + b, W of 2 x 3.
  runtime::Executor executor = testing::MustPrepare(*graph);
  executor.input(0).As<float>()[0] = 1;
  executor.input(0).As<float>()[1] = 8;
  executor.Run();
  const std::vector<float> expected = {-0.75F + 8 * -0.375F - 0.75F, -0.625F + 8 * -0.25F - 0.625F,
                                       -0.5F + 8 * -0.125F - 0.5F};
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(executor.output(0).As<float>()[i], expected[i]);
}

TEST(TensorFlowModel, Signatures) {
  ExpectError(SmallSavedModel(), "there is no signature 'serve'; name one of serving_default",
              {.signature_key = "serve"});
  ExpectError(SmallSavedModel(), "go with a frozen graph", {.input_arrays = {"x"}});
  const SavedModelParts two = Changed([](proto::MetaGraphDef& graph) {
    auto& signatures = *graph.mutable_signature_def();
    signatures["a"] = signatures["b"] = signatures["serving_default"];
    signatures.erase("serving_default");
  });
  ExpectError(two, "name one of a, b with --signature-key");
  EXPECT_TRUE(ReadSavedModelParts(two, {.signature_key = "b"}));
  EXPECT_TRUE(ReadSavedModelParts(Changed([](proto::MetaGraphDef& graph) {
    auto& signatures = *graph.mutable_signature_def();
    signatures["only"] = signatures["serving_default"];
    signatures.erase("serving_default");
  })));
  ExpectError(Changed([](proto::MetaGraphDef& graph) { graph.clear_signature_def(); }),
              "the model has no signature");
}

TEST(TensorFlowModel, SeveralPartsAreToldApartByTheirTags) {
  SavedModelParts parts = SmallSavedModel();
  proto::SavedModel model;
  ASSERT_TRUE(model.ParseFromString(parts.saved_model));
  proto::MetaGraphDef& training = *model.add_meta_graphs();
  training.mutable_meta_info_def()->add_tags("train");
  model.mutable_meta_graphs()->SwapElements(0, 1);
  parts.saved_model = model.SerializeAsString();
  EXPECT_TRUE(ReadSavedModelParts(parts));
  model.mutable_meta_graphs(1)->mutable_meta_info_def()->clear_tags();
  parts.saved_model = model.SerializeAsString();
  ExpectError(parts, "none of its 2 graphs has the tag 'serve'");
}

TEST(TensorFlowModel, VariablesThatAreNotThere) {
  ExpectError(Changed([](proto::MetaGraphDef& graph) { graph.clear_saver_def(); }),
              "nothing restores this variable");
  SavedModelParts parts = SmallSavedModel();
  parts.index.clear();
  ExpectError(parts, "variables.index › the index is cut off");
}

TEST(TensorFlowModel, DamagedCheckpoints) {
  SavedModelParts parts = SmallSavedModel();
  parts.index[3] = '\x55';
  ExpectError(parts, "its checksum differs");
  parts = SmallSavedModel();
  parts.shard[1] = '\x55';
  ExpectError(parts, "is damaged: its checksum differs");
  parts = SmallSavedModel();
  parts.shard.pop_back();
  ExpectError(parts, "lies beyond the end of shard 0");
  using Entry = proto::BundleEntryProto;
  ExpectError(WithEntry([](Entry& entry) { entry.set_shard_id(1); }), "lies in shard 1 of 1");
  ExpectError(WithEntry([](Entry& entry) { entry.set_offset(-4); }), "beyond the end");
  ExpectError(WithEntry([](Entry& entry) { entry.set_offset(INT64_MAX); }), "beyond the end");
  ExpectError(WithEntry([](Entry& entry) { entry.set_size(8); }), "[2, 3] and 8 bytes");
  ExpectError(WithEntry([](Entry& entry) { entry.set_dtype(9); }), "is of type int64");
  ExpectError(WithEntry([](Entry& entry) { entry.add_slices(); }), "partitioned variable");
  ExpectError(
      WithEntry([](Entry& entry) { entry.mutable_shape()->mutable_dim(0)->set_size(INT32_MAX); }),
      "bytes");
}

TEST(SortedTable, HoldsWhatWasWritten) {
  std::map<std::string, std::string> entries = {{"", "header"}};
  for (int i = 0; i < 100; ++i) entries[base::Cat("layer/", i)] = std::string(i, 'x');
  for (size_t in_block : {1, 7, 1000}) {
    const std::string file = SortedTable(entries, in_block);
    auto read = ReadSortedTable(base::AsBytes(file));
    ASSERT_TRUE(read) << read.error().ToString();
    ASSERT_EQ(read->size(), entries.size());
    for (const auto& [key, value] : *read) EXPECT_EQ(entries.at(key), base::AsText(value));
  }
}

TEST(SortedTable, StrangeBlocks) {
  auto error = [](const std::string& file) {
    auto read = ReadSortedTable(base::AsBytes(file));
    return read ? "read" : read.error().ToString();
  };
  EXPECT_NE(error("").find("cut off"), std::string::npos);
  EXPECT_NE(error(std::string(100, '\0')).find("none of TensorFlow's"), std::string::npos);
  // A block of one entry, compressed as it says.
  std::string file = SortedTable({{"k", "v"}});
  const size_t trailer = std::string("\0\1\1kv", 5).size() + 8;
  file[trailer] = '\1';
  const uint32_t checksum =
      base::MaskedCrc32c(base::Crc32c(base::AsBytes(file).first(trailer + 1)));
  for (size_t i = 0; i < 4; ++i) {
    file[trailer + 1 + i] = static_cast<char>(checksum >> (8 * i) & 0xff);
  }
  EXPECT_NE(error(file).find("compressed with Snappy"), std::string::npos) << error(file);
}

}  // namespace
}  // namespace goldcrest::formats::tensorflow
