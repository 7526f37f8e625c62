// A model made ready for pictures: what classify, detect and segment have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "api/session.h"
#include "base/result.h"
#include "pipeline/model_file.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::pipeline {

struct PictureModelOptions {
  std::string model;
  ImportOptions import;               // where the model begins and ends
  std::vector<std::string> pictures;  // files and folders
  std::string labels;                 // a file; empty: what the model has
  api::ContractFlags contract;
  std::vector<tensor::Shape> input_shapes;  // none: the model's own
  int threads = 1;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  std::string cache;  // of packed weights, as api::SessionOptions has it
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
  int64_t most_pixels = 178956970;
};

// What is the same for all pictures.
struct PictureReport {
  std::string input_contract;
  std::string input_contract_from;
  std::vector<std::string> notes;
};

struct PictureSession {
  api::Session session;  // whose graph has an input contract
  std::vector<std::string> pictures;
};

// What of a picture a model is shown where neither its file nor a flag says it.
enum class Framing : uint8_t {
  kCenter,  // the input contract's usual crop
  kWhole,   // all of it, for places in the picture are what is asked for
};

// `classes` says how many labels the model takes.
Result<PictureSession> OpenPictureSession(const PictureModelOptions& options, Framing framing,
                                          int64_t (*classes)(const graph::Graph& graph),
                                          PictureReport& report);

// The label of a class; empty where the model has none.
std::string LabelOf(const graph::Graph& graph, int64_t index);

// A whole picture, turned upright; errors name the file.
Result<image::Picture> ReadPicture(const std::string& path, const PictureModelOptions& options,
                                   const tensor::InputContract& contract);

// Where pictures that are drawn are written: to `output` itself where that is the name of a .png,
// else to a folder of that name, under the pictures' names. None where `output` is empty.
class DrawnFiles {
 public:
  // An error where one file is named for several pictures.
  static Result<DrawnFiles> Create(const std::string& output, size_t pictures);

  // Writes the picture that was drawn for the file `path`; gives its name.
  Result<std::string> Write(const std::string& path, const image::Picture& picture);
  bool wanted() const { return !output_.empty(); }

 private:
  std::string output_;
  std::vector<std::string> written_;
};

}  // namespace goldcrest::pipeline
