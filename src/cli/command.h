// What every command shares. A command is a file and a row of the table in main.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "base/strings.h"
#include "data/fetched_files.h"
#include "decode/decode.h"
#include "pipeline/model_file.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::cli {

// What a command does once its flags are read.
using Action = std::function<Status()>;

// Each declares its flags on `app` and returns its action.
Action AddConvert(CLI::App& app);
Action AddInspect(CLI::App& app);
Action AddCheck(CLI::App& app);
Action AddClassify(CLI::App& app);
Action AddDetect(CLI::App& app);
Action AddSegment(CLI::App& app);
Action AddRun(CLI::App& app);
Action AddBenchmark(CLI::App& app);
Action AddCompare(CLI::App& app);
Action AddEvaluate(CLI::App& app);
Action AddExplainInput(CLI::App& app);
Action AddQuantize(CLI::App& app);
Action AddTrain(CLI::App& app);
Action AddData(CLI::App& app);
Action AddDemo(CLI::App& app);
Action AddFetch(CLI::App& app);

// --normalize, --resize and --crop.
void AddContractFlags(CLI::App& app, api::ContractFlags& flags);

// Of URLs in lists: --allow-private-addresses and --fetch-timeout.
void AddFetchFlags(CLI::App& app, data::FetchOptions& options);

// --input-shapes; where it is not given, `shapes` stays empty.
void AddInputShapesFlag(CLI::App& app, std::vector<tensor::Shape>& shapes);

// --input-arrays, --output-arrays and --signature-key, as toco and tflite_convert spell them.
void AddEndsFlags(CLI::App& app, pipeline::ImportOptions& options);

// --decode, of pictures that are learned from.
CLI::Option* AddDecodeFlag(CLI::App& app, decode::Precision& precision);

// --arithmetic.
void AddArithmeticFlag(CLI::App& app, tensor::Arithmetic& arithmetic);

// --precision.
void AddPrecisionFlag(CLI::App& app, tensor::Precision& precision);

// --cache.
void AddCacheFlag(CLI::App& app, std::string& cache);

// Things worth knowing, on standard error, one line each.
void PrintNotes(const std::vector<std::string>& notes);

// The first of `unreadable`, and how many there are; `what` they are: pictures.
void PrintUnreadable(std::string_view what, const std::vector<std::string>& unreadable);

// One JSON object on one line of standard output; text that is no UTF-8 is mended.
void PrintJson(const nlohmann::ordered_json& json);

// Text from a file for the terminal: control characters become "?".
std::string Printable(std::string_view text);

// A name whose end is left out where it is long.
std::string ShortName(const std::string& name);

using base::Short;

// A share of 1 as 56.6 %.
std::string Percent(double share);

// Rows of cells in aligned columns. Right-aligned are the columns named in `right`.
class Table {
 public:
  explicit Table(std::vector<std::string> header, std::vector<size_t> right = {});
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string ToString() const;

 private:
  std::vector<size_t> right_;
  std::vector<std::vector<std::string>> rows_;  // the header first
};

}  // namespace goldcrest::cli
