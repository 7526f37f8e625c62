#include "cli/command.h"

#include <algorithm>
#include <cstdio>

#include "api/session_options.h"

namespace goldcrest::cli {
namespace {

// Characters, not bytes, of UTF-8 text.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

void AddContractFlags(CLI::App& app, api::ContractFlags& flags) {
  app.add_option(
      "--normalize", flags.normalize,
      "what a byte of a picture becomes: tf (x / 127.5 - 1), torch, caffe, unit (x / 255), "
      "none, MEAN,STD or M,M,M,S,S,S");
  const std::span<const std::string_view> modes = tensor::ResizeModeNames();
  app.add_option("--resize", flags.resize,
                 base::Cat("how pictures are resized: ",
                           base::Join(std::vector<std::string>(modes.begin(), modes.end()), ", ")));
  app.add_option(
      "--crop", flags.crop,
      "what is used of a picture: none (all of it), SHARE (the central square, as a share "
      "of the shorter side), tf-central-crop:SHARE (tf.image.central_crop)");
}

void AddFetchFlags(CLI::App& app, data::FetchOptions& options) {
  app.add_flag("--allow-private-addresses", options.limits.private_addresses,
               "fetch URLs of lists from this machine and private networks too");
  app.add_option("--fetch-timeout", options.limits.seconds,
                 "seconds that a URL of a list may take (default 30)")
      ->check(CLI::Range(0.1, 86400.0));
}

void AddInputShapesFlag(CLI::App& app, std::vector<tensor::Shape>& shapes) {
  app.add_option_function<std::string>(
      "--input-shapes,--input-shape,--input-layer-shape",
      [&shapes](const std::string& text) {
        auto parsed = tensor::ParseShapes(text);
        if (!parsed) throw CLI::ValidationError("--input-shapes", parsed.error().message);
        shapes = std::move(*parsed);
      },
      "inputs of other sizes than the model's: 1,160,160,3, several separated by colons");
}

void AddEndsFlags(CLI::App& app, pipeline::ImportOptions& options) {
  app.add_option("--input-arrays,--input-array", options.input_arrays,
                 "of a TensorFlow graph: the tensors that are its inputs, with commas between "
                 "(default: its placeholders)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--output-arrays,--output-array", options.output_arrays,
                 "the tensors that are its outputs (default: the one that nothing reads)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--signature-key,--saved-model-signature-key", options.signature_key,
                 "of a SavedModel: its signature (default: serving_default)");
}

CLI::Option* AddDecodeFlag(CLI::App& app, decode::Precision& precision) {
  return app
      .add_option_function<std::string>(
          "--decode",
          [&precision](const std::string& name) {
            precision = name == "fast" ? decode::Precision::kFast : decode::Precision::kExact;
          },
          "JPEGs that are learned from: exact (default), or fast, which may differ by a level or "
          "two; pictures that are judged are always exact")
      ->check(CLI::IsMember({"exact", "fast"}));
}

void AddArithmeticFlag(CLI::App& app, tensor::Arithmetic& arithmetic) {
  app.add_option_function<std::string>(
         "--arithmetic",
         [&arithmetic](const std::string& name) {
           auto parsed = tensor::ParseArithmetic("it", name);
           if (!parsed) throw CLI::ValidationError("--arithmetic", parsed.error().message);
           arithmetic = *parsed;
         },
         "whose rounding integers follow: xnnpack (LiteRT), reference (TensorFlow Lite's reference "
         "kernels), builtin (LiteRT without XNNPACK)")
      ->default_str("xnnpack");
}

void AddPrecisionFlag(CLI::App& app, tensor::Precision& precision) {
  app.add_option_function<std::string>(
         "--precision",
         [&precision](const std::string& name) {
           auto parsed = tensor::ParsePrecision("it", name);
           if (!parsed) throw CLI::ValidationError("--precision", parsed.error().message);
           precision = *parsed;
         },
         "what convolutions of floats multiply in: f32, or bf16 where the processor has it "
         "(faster, "
         "8 significant bits)")
      ->default_str("f32");
}

void AddCacheFlag(CLI::App& app, std::string& cache) {
  app.add_flag(base::Cat("--cache{", api::kBesideModel, "}"), cache,
               "keep packed weights beside the model (MODEL.goldcrest-cache), or in --cache=FILE, "
               "and map them the next time");
}

void PrintNotes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    std::fprintf(stderr, "note: %s\n", Printable(note).c_str());
  }
}

void PrintUnreadable(std::string_view what, const std::vector<std::string>& unreadable) {
  constexpr size_t kMostNamed = 5;
  if (unreadable.empty()) return;
  PrintNotes({base::Cat(unreadable.size(), " ", what, " cannot be read and were skipped:")});
  const size_t named = std::min(unreadable.size(), kMostNamed);
  PrintNotes({unreadable.begin(), unreadable.begin() + static_cast<ptrdiff_t>(named)});
}

void PrintJson(const nlohmann::ordered_json& json) {
  std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

std::string Printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string Percent(double share) { return base::Cat(base::Fixed(share * 100, 1), " %"); }

std::string ShortName(const std::string& name) {
  constexpr size_t kLongestName = 40;
  if (name.size() <= kLongestName) return name;
  size_t end = kLongestName - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end) + "…";
}

Table::Table(std::vector<std::string> header, std::vector<size_t> right)
    : right_(std::move(right)) {
  rows_.push_back(std::move(header));
}

std::string Table::ToString() const {
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      std::string space(widths[i] - Width(row[i]), ' ');
      bool right = std::ranges::find(right_, i) != right_.end();
      line += right ? space + row[i] : row[i] + space;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace goldcrest::cli
