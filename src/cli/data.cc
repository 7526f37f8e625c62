#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/command.h"
#include "cli/progress.h"
#include "pipeline/check_data.h"

namespace goldcrest::cli {
namespace {

using pipeline::DataCheck;
using pipeline::PictureFinding;

constexpr size_t kMostNamed = 10;  // of one finding; --json has all

struct CheckFlags {
  pipeline::CheckDataOptions options;
  bool json = false;
};

// A heading with the number of lines, and the first of these.
void PrintList(const char* heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  std::printf("\n%s: %zu\n", heading, lines.size());
  for (size_t i = 0; i < std::min(kMostNamed, lines.size()); ++i) {
    std::printf("  %s\n", Printable(lines[i]).c_str());
  }
  if (lines.size() > kMostNamed) {
    std::printf("  and %zu more, which --json has\n", lines.size() - kMostNamed);
  }
}

void PrintFindings(const char* heading, const std::vector<PictureFinding>& findings) {
  std::vector<std::string> lines;
  for (const PictureFinding& f : findings) lines.push_back(base::Cat(f.name, "  ", f.what));
  PrintList(heading, lines);
}

void PrintGroups(const char* heading, const std::vector<std::vector<std::string>>& groups) {
  std::vector<std::string> lines;
  for (const std::vector<std::string>& names : groups) lines.push_back(base::Join(names, "  =  "));
  PrintList(heading, lines);
}

void PrintClasses(const DataCheck& check) {
  const auto judged =
      std::ranges::any_of(check.classes, [](const auto& c) { return c.validation; });
  std::vector<std::string> header = {"class", "pictures", "broken"};
  if (judged) header = {"class", "to learn from", "to judge by", "broken"};
  Table table(header, {1, 2, 3});
  for (const pipeline::CheckedClass& c : check.classes) {
    std::vector<std::string> row = {c.name.empty() ? "(none)" : Printable(c.name),
                                    base::Cat(c.training)};
    if (judged) row.push_back(base::Cat(c.validation));
    row.push_back(base::Cat(c.broken));
    table.Add(std::move(row));
  }
  std::printf("%s", table.ToString().c_str());
}

void Print(const CheckFlags& flags, const DataCheck& check) {
  std::printf("data      %s\n", Printable(check.description).c_str());
  std::vector<std::string> kinds;
  for (const auto& [format, count] : check.formats) kinds.push_back(base::Cat(count, " ", format));
  for (const auto& [count, name] : {std::pair(check.gray, "grey"), std::pair(check.cmyk, "CMYK"),
                                    std::pair(check.alpha, "with transparency")}) {
    if (count > 0) kinds.push_back(base::Cat(count, " ", name));
  }
  if (!kinds.empty()) std::printf("pictures  %s\n", base::Join(kinds, ", ").c_str());
  std::printf("\n");
  PrintClasses(check);
  if (check.uneven > flags.options.most_uneven) {
    std::printf(
        "\nuneven: the largest class has %s times the pictures of the smallest; add "
        "pictures, or train with --balanced\n",
        base::Fixed(check.uneven, 1).c_str());
  }
  PrintList("folders of classes without a picture", check.empty_classes);
  PrintFindings("broken, cannot be read", check.broken);
  PrintFindings("misnamed, of another format than their name says", check.misnamed);
  PrintGroups("mislabelled, the same picture in more than one class", check.contradicting);
  PrintGroups("leaked, the same picture to learn from and to judge by", check.leaked);
  PrintGroups("duplicates, the same picture more than once in a class", check.duplicates);
  PrintFindings(base::Cat("tiny, a side below ", flags.options.least_side, " pixels").c_str(),
                check.tiny);
  PrintFindings(
      base::Cat("stretched, one side above ", flags.options.most_stretch, " times the other")
          .c_str(),
      check.stretched);
  PrintList("left out, no pictures that are read (JPEG, PNG, BMP)", check.left_out);
}

nlohmann::ordered_json ToJson(const std::vector<PictureFinding>& findings) {
  auto json = nlohmann::ordered_json::array();
  for (const PictureFinding& f : findings) json.push_back({{"file", f.name}, {"what", f.what}});
  return json;
}

nlohmann::ordered_json ToJson(const CheckFlags& flags, const DataCheck& check) {
  nlohmann::ordered_json json;
  json["data"] = flags.options.data;
  json["description"] = check.description;
  json["pictures"] = check.pictures;
  json["classes"] = nlohmann::ordered_json::array();
  for (const pipeline::CheckedClass& c : check.classes) {
    json["classes"].push_back({{"name", c.name},
                               {"training", c.training},
                               {"validation", c.validation},
                               {"broken", c.broken}});
  }
  json["uneven"] = check.uneven;
  json["formats"] = check.formats;
  json["gray"] = check.gray;
  json["cmyk"] = check.cmyk;
  json["alpha"] = check.alpha;
  json["empty_classes"] = check.empty_classes;
  json["broken"] = ToJson(check.broken);
  json["misnamed"] = ToJson(check.misnamed);
  json["mislabelled"] = check.contradicting;
  json["leaked"] = check.leaked;
  json["duplicates"] = check.duplicates;
  json["tiny"] = ToJson(check.tiny);
  json["stretched"] = ToJson(check.stretched);
  json["left_out"] = check.left_out;
  return json;
}

Status Check(const CheckFlags& flags) {
  Result<DataCheck> check;
  {
    Progress progress;
    check =
        pipeline::CheckData(flags.options, [&](double share) { progress.Show(share, "decoding"); });
  }
  if (!check) return std::unexpected(std::move(check.error()));
  PrintNotes(check->notes);
  if (flags.json) {
    PrintJson(ToJson(flags, *check));
  } else {
    Print(flags, *check);
  }
  if (check->broken.empty()) return {};
  return Fail(ErrorCode::kInvalid, check->broken.size(), " of ", check->pictures,
              " pictures cannot be read");
}

}  // namespace

Action AddData(CLI::App& app) {
  app.require_subcommand(1);
  CLI::App& check = *app.add_subcommand("check", "Decode all pictures and say what is wrong");
  check.footer("Example:\n  goldcrest data check photos/");
  auto flags = std::make_shared<CheckFlags>();
  pipeline::CheckDataOptions& options = flags->options;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  check
      .add_option("data", options.data,
                  "what train takes: a folder for each class (or such folders in train/ and "
                  "validation/), a list of paths or URLs and labels, CIFAR-10's .bin, .npz")
      ->required();
  check.add_option("--min-side", options.least_side, "pictures with a shorter side are tiny")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  check
      .add_option("--max-stretch", options.most_stretch,
                  "longer side / shorter side, above which pictures are stretched")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  check.add_option("--max-pixels", options.most_pixels, "refuse larger pictures")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddFetchFlags(check, options.fetch);
  check.add_option("--threads", options.threads, "threads to decode with (default: all cores)")
      ->check(CLI::Range(1, 1024));
  check.add_flag("--json", flags->json, "print all findings as JSON");
  return [flags] { return Check(*flags); };
}

}  // namespace goldcrest::cli
