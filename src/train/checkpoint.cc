#include "train/checkpoint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "base/file.h"
#include "checkpoint.pb.h"
#include "data/content_hash.h"

namespace goldcrest::train {
namespace {

constexpr std::string_view kCheckpointMagic = "GCCKPT01";
constexpr size_t kCheckpointHeader = 24;  // magic and hash
constexpr size_t kMostMessage = size_t{1} << 31;

using Floats = google::protobuf::RepeatedField<float>;

void Put(const std::vector<float>& from, Floats& to) { to.Add(from.begin(), from.end()); }
std::vector<float> Taken(const Floats& from) { return {from.begin(), from.end()}; }

void Put(const Score& from, checkpoint::Score& to) {
  to.set_loss(from.loss);
  to.set_accuracy(from.accuracy);
}
Score Taken(const checkpoint::Score& from) { return {from.loss(), from.accuracy()}; }

void Put(const EpochReport& from, checkpoint::Epoch& to) {
  to.set_epoch(from.epoch);
  Put(from.training, *to.mutable_training());
  if (from.validation) Put(*from.validation, *to.mutable_validation());
  to.set_rate(from.rate);
  to.set_samples_per_second(from.samples_per_second);
  to.set_best(from.best);
}

EpochReport Taken(const checkpoint::Epoch& from) {
  EpochReport to{.epoch = from.epoch(),
                 .training = Taken(from.training()),
                 .validation = std::nullopt,
                 .rate = from.rate(),
                 .samples_per_second = from.samples_per_second(),
                 .best = from.best()};
  if (from.has_validation()) to.validation = Taken(from.validation());
  return to;
}

void Put(const FitState& from, checkpoint::Checkpoint& to) {
  to.set_epoch(from.epoch);
  to.set_samples(from.samples);
  to.set_loss(from.sum.loss);
  to.set_correct(from.sum.correct);
  to.set_seconds(from.seconds);
  to.set_steps(from.steps);
  to.set_rate(from.rate);
  Put(from.elements, *to.mutable_elements());
  Put(from.optimizer, *to.mutable_optimizer());
  Put(from.average, *to.mutable_average());
  Put(from.kept, *to.mutable_kept());
  to.set_kept_loss(from.kept_loss);
  to.set_kept_epoch(from.kept_epoch);
  for (const EpochReport& epoch : from.epochs) Put(epoch, *to.add_epochs());
}

FitState Taken(const checkpoint::Checkpoint& from) {
  FitState to{.epoch = from.epoch(),
              .samples = from.samples(),
              .sum = {.loss = from.loss(), .correct = from.correct()},
              .seconds = from.seconds(),
              .steps = from.steps(),
              .rate = from.rate(),
              .elements = Taken(from.elements()),
              .optimizer = Taken(from.optimizer()),
              .average = Taken(from.average()),
              .kept = Taken(from.kept()),
              .kept_loss = from.kept_loss(),
              .kept_epoch = from.kept_epoch(),
              .epochs = {}};
  for (const checkpoint::Epoch& epoch : from.epochs()) to.epochs.push_back(Taken(epoch));
  return to;
}

// The first that differs, in words.
Status SameSettings(const google::protobuf::RepeatedPtrField<checkpoint::Setting>& theirs,
                    const std::vector<Setting>& ours) {
  for (int i = 0; i < std::max(theirs.size(), static_cast<int>(ours.size())); ++i) {
    Setting then;
    if (i < theirs.size()) then = {theirs[i].name(), theirs[i].value()};
    const Setting now = i < std::ssize(ours) ? ours[static_cast<size_t>(i)] : Setting();
    if (then == now) continue;
    return Invalid("it is of a run with ", then.name, " ", then.value, ", and this one has ",
                   now.name, " ", now.value,
                   "; give the same data and flags, or begin anew without --resume");
  }
  return {};
}

std::unexpected<Error> Damaged() {
  return Invalid("the checkpoint is damaged; begin anew without --resume");
}

}  // namespace

Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  checkpoint::Checkpoint message;
  for (const Setting& setting : checkpoint.settings) {
    checkpoint::Setting& to = *message.add_settings();
    to.set_name(setting.name);
    to.set_value(setting.value);
  }
  Put(checkpoint.state, message);
  if (message.ByteSizeLong() >= kMostMessage) {
    return Fail(ErrorCode::kLimit, "cannot write ", path, ": a checkpoint has less than 2 GB");
  }
  const std::string text = message.SerializeAsString();
  const data::ContentHash hash = data::HashOf(base::AsBytes(text));
  const std::array<uint64_t, 2> words = {hash.low, hash.high};
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(path));
  GOLDCREST_RETURN_IF_ERROR(file.Write(base::AsBytes(kCheckpointMagic)));
  GOLDCREST_RETURN_IF_ERROR(file.Write(std::as_bytes(std::span(words))));
  GOLDCREST_RETURN_IF_ERROR(file.Write(base::AsBytes(text)));
  return file.Commit();
}

Result<FitState> ReadCheckpoint(const std::string& path, const std::vector<Setting>& settings) {
  auto read = [&]() -> Result<FitState> {
    GOLDCREST_TRY(const auto file, base::MappedFile::Open(path));
    const std::span<const std::byte> bytes = file->bytes();
    if (bytes.size() < kCheckpointHeader || bytes.size() >= kMostMessage ||
        !base::AsText(bytes).starts_with(kCheckpointMagic)) {
      return Damaged();
    }
    std::array<uint64_t, 2> words{};
    std::memcpy(words.data(), bytes.data() + kCheckpointMagic.size(), sizeof(words));
    const std::span<const std::byte> text = bytes.subspan(kCheckpointHeader);
    checkpoint::Checkpoint message;
    if (data::HashOf(text) != data::ContentHash{words[0], words[1]} ||
        !message.ParseFromArray(text.data(), static_cast<int>(text.size()))) {
      return Damaged();
    }
    GOLDCREST_RETURN_IF_ERROR(SameSettings(message.settings(), settings));
    return Taken(message);
  };
  return Within(path, read());
}

}  // namespace goldcrest::train
