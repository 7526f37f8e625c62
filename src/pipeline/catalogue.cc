// None of the files could be downloaded where this list was made: no entry is verified.
#include "pipeline/catalogue.h"

#include <algorithm>
#include <array>

namespace goldcrest::pipeline {
namespace {

// As file names spell it, and as flags do.
struct Alpha {
  std::string_view in_file;
  std::string_view number;
};

void AddKerasV1(std::vector<CatalogueEntry>& entries) {
  constexpr std::array kAlphas = {Alpha{"1_0", "1.0"}, Alpha{"7_5", "0.75"}, Alpha{"5_0", "0.5"},
                                  Alpha{"2_5", "0.25"}};
  for (const Alpha& alpha : kAlphas) {
    for (int size : {224, 192, 160, 128}) {
      for (bool top : {true, false}) {
        entries.push_back(
            {.name = base::Cat("mobilenet_v1_", alpha.number, "_", size, top ? "" : "_no_top"),
             .base = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/",
             .file = base::Cat("mobilenet_", alpha.in_file, "_", size,
                               top ? "_tf.h5" : "_tf_no_top.h5"),
             .digest = {},
             .source = "keras-team/keras keras/src/applications/mobilenet.py",
             .convert = base::Cat("--architecture mobilenet_v1 --alpha ", alpha.number, " --size ",
                                  size, top ? "" : " --no-top")});
      }
    }
  }
}

// A network of MobileNet V2's table.
struct Trained {
  std::string_view alpha;
  int size;
};

// keras-team/keras-applications keras_applications/mobilenet_v2.py and
// tensorflow/models research/slim/nets/mobilenet/README.md have the same 22.
std::vector<Trained> TrainedV2() {
  std::vector<Trained> trained = {{"1.4", 224}, {"1.3", 224}};
  for (std::string_view alpha : {"1.0", "0.75", "0.5", "0.35"}) {
    for (int size : {224, 192, 160, 128, 96}) trained.push_back({alpha, size});
  }
  return trained;
}

void AddKerasV2(std::vector<CatalogueEntry>& entries) {
  for (const auto& [alpha, size] : TrainedV2()) {
    for (bool top : {true, false}) {
      entries.push_back(
          {.name = base::Cat("mobilenet_v2_", alpha, "_", size, top ? "" : "_no_top"),
           .base = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/",
           .file = base::Cat("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_", alpha, "_", size,
                             top ? ".h5" : "_no_top.h5"),
           .digest = {},
           .source = "keras-team/keras keras/src/applications/mobilenet_v2.py",
           .convert = base::Cat("--architecture mobilenet_v2 --alpha ", alpha, " --size ", size,
                                top ? "" : " --no-top")});
    }
  }
}

struct V3 {
  std::string_view kind;
  std::string_view alpha;
  std::string_view md5;         // of the whole network's weights
  std::string_view md5_no_top;  // without the head
};

constexpr std::array kV3 = {
    V3{"large", "0.75", "765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"},
    V3{"large", "1.0", "59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"},
    V3{"large_minimalistic", "1.0", "675e7b876c45c57e9e63e6d90a36599c",
       "ec5221f64a2f6d1ef965a614bdae7973"},
    V3{"small", "0.75", "cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"},
    V3{"small", "1.0", "8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"},
    V3{"small_minimalistic", "1.0", "99cd97fb2fcdad2bf028eb838de69e37",
       "cde8136e733e811080d9fcd8a252f7e4"},
};

void AddKerasV3(std::vector<CatalogueEntry>& entries) {
  for (const V3& v : kV3) {
    for (bool top : {true, false}) {
      entries.push_back(
          {.name = base::Cat("mobilenet_v3_", v.kind, "_", v.alpha, "_224", top ? "" : "_no_top"),
           .base = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/",
           .file = base::Cat("weights_mobilenet_v3_", v.kind, "_224_", v.alpha, "_float",
                             top ? ".h5" : "_no_top_v2.h5"),
           .digest = net::Digest{net::DigestKind::kMd5, std::string(top ? v.md5 : v.md5_no_top)},
           .source = "keras-team/keras keras/src/applications/mobilenet_v3.py",
           .convert = base::Cat("--architecture mobilenet_v3_", v.kind, " --alpha ", v.alpha,
                                top ? "" : " --no-top")});
    }
  }
}

// Checkpoints, frozen graphs and .tflite files in one.
void AddSlim(std::vector<CatalogueEntry>& entries) {
  for (const char* quant : {"", "_quant"}) {
    for (std::string_view alpha : {"1.0", "0.75", "0.5", "0.25"}) {
      for (int size : {224, 192, 160, 128}) {
        const std::string network = base::Cat("mobilenet_v1_", alpha, "_", size, quant);
        entries.push_back({.name = "slim_" + network,
                           .base = "http://download.tensorflow.org/models/mobilenet_v1_2018_02_22/",
                           .file = network + ".tgz",
                           .digest = {},
                           .source = "tensorflow/models research/slim/nets/mobilenet_v1.md",
                           .convert = {}});
      }
    }
  }
  for (const auto& [alpha, size] : TrainedV2()) {
    const std::string network = base::Cat("mobilenet_v2_", alpha, "_", size);
    entries.push_back({.name = "slim_" + network,
                       .base = "https://storage.googleapis.com/mobilenet_v2/checkpoints/",
                       .file = network + ".tgz",
                       .digest = {},
                       .source = "tensorflow/models research/slim/nets/mobilenet/README.md",
                       .convert = {}});
  }
}

}  // namespace

std::vector<CatalogueEntry> Catalogue() {
  std::vector<CatalogueEntry> entries;
  AddKerasV1(entries);
  AddKerasV2(entries);
  AddKerasV3(entries);
  AddSlim(entries);
  return entries;
}

Result<CatalogueEntry> FindInCatalogue(std::string_view name) {
  std::vector<std::string> names;
  for (CatalogueEntry& entry : Catalogue()) {
    if (entry.name == name) return std::move(entry);
    names.push_back(entry.name);
  }
  const std::string nearest = base::Nearest(name, names);
  return Fail(ErrorCode::kUsage, "there is no model '", name,
              "' in the list; goldcrest fetch --list shows it",
              nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"));
}

}  // namespace goldcrest::pipeline
