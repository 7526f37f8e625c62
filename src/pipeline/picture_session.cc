#include "pipeline/picture_session.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "data/pictures.h"
#include "decode/decode.h"
#include "pipeline/drawn_signs.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"

namespace goldcrest::pipeline {

Result<PictureSession> OpenPictureSession(const PictureModelOptions& options, Framing framing,
                                          int64_t (*classes)(const graph::Graph& graph),
                                          PictureReport& report) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model, options.import, options.input_shapes));
  if (!options.labels.empty()) {
    GOLDCREST_TRY(graph.metadata.labels, ReadLabels(options.labels, classes(graph), report.notes));
  } else if (graph.metadata.labels.empty()) {
    report.notes.emplace_back("the model carries no labels; name a file with --labels");
  }
  GOLDCREST_TRY(std::vector<std::string> pictures, data::ListPictures(options.pictures));
  api::ContractFlags contract = options.contract;
  // M001, the metadata that others write, knows no crop: what it lacks is our default.
  const bool states_crop =
      graph.metadata.input_contract_from.find("GOLDCREST_INPUT") != std::string::npos;
  if (framing == Framing::kWhole && !contract.crop && !states_crop) contract.crop = "none";
  GOLDCREST_TRY(api::Session session,
                Within(base::Cat("preparing ", options.model),
                       api::Session::Create(std::move(graph), {.threads = options.threads,
                                                               .arithmetic = options.arithmetic,
                                                               .precision = options.precision,
                                                               .input_shapes = options.input_shapes,
                                                               .contract = contract,
                                                               .cache = api::CacheFileOf(
                                                                   options.cache, options.model),
                                                               .tuning = options.tuning.get()})));
  const graph::Metadata& metadata = session.graph().metadata;
  if (!metadata.input_contract) {
    return Fail(ErrorCode::kUnsupported, "the model ", options.model,
                " does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  report.input_contract = tensor::Describe(*metadata.input_contract);
  report.input_contract_from = metadata.input_contract_from;
  report.notes.insert(report.notes.begin(), session.notes().begin(), session.notes().end());
  return PictureSession{std::move(session), std::move(pictures)};
}

std::string LabelOf(const graph::Graph& graph, int64_t index) {
  const std::vector<std::string>& labels = graph.metadata.labels;
  const auto at = static_cast<size_t>(index);
  return index >= 0 && at < labels.size() ? labels[at] : "";
}

Result<image::Picture> ReadPicture(const std::string& path, const PictureModelOptions& options,
                                   const tensor::InputContract& contract) {
  auto read = [&]() -> Result<image::Picture> {
    GOLDCREST_TRY(const auto file, base::MappedFile::Open(path));
    image::Picture picture;
    GOLDCREST_RETURN_IF_ERROR(decode::Decode(file->bytes(),
                                             {.dct = contract.dct,
                                              .exif_orientation = contract.exif_orientation,
                                              .most_pixels = options.most_pixels},
                                             picture));
    return picture;
  };
  return Within(base::Cat("reading ", path), read());
}

Result<DrawnFiles> DrawnFiles::Create(const std::string& output, size_t pictures) {
  DrawnFiles files;
  files.output_ = output;
  if (output.empty() || !output.ends_with(".png")) {
    if (!output.empty()) GOLDCREST_RETURN_IF_ERROR(MakeFolder(output));
    return files;
  }
  if (pictures > 1) {
    return Fail(ErrorCode::kUsage, "there are ", pictures, " pictures, and ", output,
                " is one file; name a folder with -o");
  }
  return files;
}

Result<std::string> DrawnFiles::Write(const std::string& path, const image::Picture& picture) {
  std::string name = output_;
  if (!output_.ends_with(".png")) {
    const std::string stem = std::filesystem::path(path).stem().string();
    name = base::Cat(output_, "/", stem, ".png");
    for (int i = 2; std::ranges::find(written_, name) != written_.end(); ++i) {
      name = base::Cat(output_, "/", stem, "_", i, ".png");
    }
  }
  GOLDCREST_RETURN_IF_ERROR(WritePng(name, picture));
  written_.push_back(name);
  return name;
}

}  // namespace goldcrest::pipeline
