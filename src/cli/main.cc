// goldcrest COMMAND INPUT… [--flags]
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <new>

#include "base/interruption.h"
#include "cli/command.h"

namespace goldcrest::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kEndedBySignal = 128;  // as shells say it; the signal is added

struct Command {
  const char* name;
  const char* description;
  const char* example;
  Action (*add)(CLI::App& app);
};

constexpr std::array kCommands = {
    Command{"convert", "Turn a model into a .tflite file and prove that it computes the same",
            "goldcrest convert model.h5 -o model.tflite --labels labels.txt", AddConvert},
    Command{"fetch", "Get a published MobileNet from where its makers host it",
            "goldcrest fetch mobilenet_v3_small_1.0_224", AddFetch},
    Command{"inspect", "Show what a model consists of, costs and expects",
            "goldcrest inspect model.tflite", AddInspect},
    Command{"check", "Tell operator by operator what an engine will take of a model",
            "goldcrest check model.tflite --target edgetpu", AddCheck},
    Command{"classify", "Name what pictures show",
            "goldcrest classify model.tflite photo.jpg more/ --top 5", AddClassify},
    Command{"detect", "Find things in pictures, and draw boxes around them",
            "goldcrest detect ssd_mobilenet.tflite photo.jpg -o boxes.png", AddDetect},
    Command{"segment", "Find the class of each pixel, and colour it",
            "goldcrest segment deeplab.tflite photo.jpg -o colours.png", AddSegment},
    Command{"run", "Run raw tensors through a model",
            "goldcrest run model.tflite --input x.npy --output y.npy --layers layers.npz", AddRun},
    Command{"benchmark", "Measure how long a model takes, to start, to run, by operator",
            "goldcrest benchmark model.tflite --threads 2 --profile", AddBenchmark},
    Command{"compare", "Tell whether one model is slower than another, and where",
            "goldcrest compare before.tflite after.tflite --data labelled/", AddCompare},
    Command{"evaluate", "Measure how often models are right, and how far they are from the first",
            "goldcrest evaluate model.h5 model_int8.tflite --data labelled/ --html report.html",
            AddEvaluate},
    Command{"explain-input", "Show what a picture goes through before the first operator",
            "goldcrest explain-input model.tflite photo.jpg", AddExplainInput},
    Command{"quantize", "Make a model smaller and faster with integers",
            "goldcrest quantize model.h5 -o model_int8.tflite --to int8 --calibration photos/",
            AddQuantize},
    Command{"train", "Teach a model your own classes",
            "goldcrest train photos/ --from mobilenet.h5 -o birds.keras", AddTrain},
    Command{"data", "Look after data sets", "goldcrest data check photos/", AddData},
    Command{"demo", "Show the whole way on pictures that the program draws itself",
            "goldcrest demo -o demo", AddDemo},
};

int Report(const Error& error) {
  if (error.code == ErrorCode::kInterrupted) {
    std::fprintf(stderr, "goldcrest: %s\n", error.ToString().c_str());
    return kEndedBySignal + base::HeldInterruption::requested();
  }
  std::fprintf(stderr, "goldcrest: error: %s\n", error.ToString().c_str());
  return error.code == ErrorCode::kUsage ? kWrongUsage : kFailed;
}

// "-" and "_" are equal in flags: --num_runs is --num-runs.
std::vector<std::string> NormalizedArguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--")) continue;
    auto end =
        argument.begin() + static_cast<ptrdiff_t>(std::min(argument.find('='), argument.size()));
    std::replace(argument.begin(), end, '_', '-');
  }
  return arguments;
}

std::vector<std::string> FlagsOf(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string NameOf(const CLI::Option& option) {
  return option.get_positional() ? option.get_name(/*positional=*/true) : option.get_name();
}

// Arguments that are too few or too many, in our words; what else is wrong in the library's.
std::string WrongCount(const CLI::App& app, const CLI::ParseError& error) {
  std::string said = error.what();
  for (const CLI::Option* option : app.get_options()) {
    if (error.get_name() == "RequiredError" && option->get_required() && option->count() == 0) {
      return base::Cat(NameOf(*option), " is missing: ", option->get_description());
    }
    if (error.get_name() != "ArgumentMismatch" || !said.starts_with(option->get_name() + ":")) {
      continue;
    }
    return base::Cat(NameOf(*option),
                     said.ends_with(" missing") ? " needs a value: " : " is there more than once: ",
                     option->get_description());
  }
  return said;
}

// What was not understood, in our words, with the nearest that would have been.
std::string WrongUsage(const CLI::App& root, const CLI::ParseError& error) {
  auto chosen = root.get_subcommands();
  std::string help = "goldcrest ";
  const CLI::App* deepest = &root;
  for (auto below = chosen; !below.empty(); below = deepest->get_subcommands()) {
    deepest = below.front();
    help += deepest->get_name() + " ";
  }
  help += "--help";
  const CLI::App& app = *deepest;
  std::vector<std::string> extra = root.remaining(true);
  std::vector<std::string> commands;
  commands.reserve(kCommands.size());
  for (const Command& command : kCommands) commands.emplace_back(command.name);
  if (extra.empty()) {
    const bool no_command = chosen.empty() && error.get_name() == "RequiredError";
    return base::Cat(no_command ? base::Cat("name a command: ", base::Join(commands, ", "))
                                : WrongCount(app, error),
                     "; see ", help);
  }
  std::string unknown = extra.front().substr(0, extra.front().find('='));
  std::vector<std::string> candidates;
  if (unknown.starts_with("-")) {
    candidates = FlagsOf(app);
  } else if (chosen.empty()) {
    candidates = commands;
  }
  const char* what = unknown.starts_with("-") ? "flag" : chosen.empty() ? "command" : "argument";
  std::string nearest = base::Nearest(unknown, candidates);
  if (app.get_name() == "convert" && *what == 'a') nearest = "-o " + unknown;
  return base::Cat("unknown ", what, " ", unknown,
                   nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"), "; see ",
                   help);
}

// Limits keep what files can claim within bounds; a machine may still have less.
Status Guarded(const Action& action) {
  try {
    return action();
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kLimit, "there is not enough memory for this");
  }
}

int Main(int argc, char** argv) {
  base::RemoveFilesOnInterruption();
  CLI::App root("Goldcrest takes a MobileNet from data to the device.", "goldcrest");
  root.set_version_flag("--version", GOLDCREST_VERSION);
  root.require_subcommand(1);
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Command& command : kCommands) {
    CLI::App* app = root.add_subcommand(command.name, command.description);
    app->footer(std::string("Example:\n  ") + command.example);
    actions.emplace_back(app, command.add(*app));
  }
  std::vector<std::string> arguments = NormalizedArguments(argc, argv);
  std::reverse(arguments.begin(), arguments.end());  // as the library wants them
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return root.exit(error);  // --help, --version
    return Report({ErrorCode::kUsage, WrongUsage(root, error)});
  }
  for (const auto& [app, action] : actions) {
    if (!app->parsed()) continue;
    Status status = Guarded(action);
    bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (status && !written) status = Fail(ErrorCode::kIo, "standard output cannot be written");
    return status ? 0 : Report(status.error());
  }
  return kWrongUsage;
}

}  // namespace
}  // namespace goldcrest::cli

int main(int argc, char** argv) { return goldcrest::cli::Main(argc, argv); }
