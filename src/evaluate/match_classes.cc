#include "evaluate/match_classes.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace goldcrest::evaluate {
namespace {

constexpr size_t kMostListed = 10;
constexpr int64_t kImageNetClasses = 1000;

// Lower case, words separated by one space.
std::string Normalized(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool separator = c == '_' || c == '-' || c == ' ';
    if (separator && (out.empty() || out.back() == ' ')) continue;
    out += separator ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The synset, n and eight digits, that stands as a word in normalized text.
std::optional<int32_t> SynsetIn(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" .,"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    int64_t number = 0;
    const bool synset = word.size() == 9 && word[0] == 'n' &&
                        std::ranges::all_of(word.substr(1), IsDigit) &&
                        base::ParseInt(word.substr(1), number);
    if (synset) return static_cast<int32_t>(number);
  }
  return std::nullopt;
}

class Matcher {
 public:
  Matcher(std::span<const std::string> names, std::span<const std::string> labels, int64_t classes)
      : classes_(classes) {
    const bool counts_all = std::ranges::find(names, base::Cat(classes - 1)) != names.end();
    const bool has_background = !labels.empty() && Normalized(labels[0]) == "background";
    first_number_ = has_background && !counts_all ? 1 : 0;
    for (size_t i = 0; i < labels.size(); ++i) AddLabel(labels[i], static_cast<int64_t>(i));
    const bool background = classes == kImageNetClasses + 1 &&
                            (labels.empty() || Normalized(labels[0]) == "background");
    if (classes != kImageNetClasses && !background) return;
    const int64_t first = background ? 1 : 0;
    const bool imagenet = labels.empty() || NamesTench(labels[static_cast<size_t>(first)]);
    if (imagenet) first_of_imagenet_ = first;
  }

  std::optional<int64_t> Match(const std::string& name) const {
    const std::string text = Normalized(name);
    if (auto found = ByName(text)) return found;
    if (auto found = BySynset(text)) return found;
    int64_t index = 0;
    if (base::ParseInt(text, index)) {
      index += first_number_;
      return index >= first_number_ && index < classes_ ? std::optional(index) : std::nullopt;
    }
    const size_t digits = text.find_first_not_of("0123456789");
    const size_t rest = text.find_first_not_of(" .", digits);
    const bool numbered = digits > 0 && rest != std::string::npos && rest > digits;
    return numbered ? ByName(text.substr(rest)) : std::nullopt;
  }

  // " (nearest: 'bee')" for a name that is not matched.
  std::string Hint(const std::string& name) const {
    const std::string text = Normalized(name);
    const std::string nearest = base::Nearest(text, all_names_);
    if (nearest == text) return " (several labels are called so)";
    return nearest.empty() ? "" : base::Cat(" (nearest: '", nearest, "')");
  }

 private:
  using Names = std::map<std::string, std::vector<int64_t>, std::less<>>;

  static bool NamesTench(const std::string& label) {
    return Normalized(label).find("tench") != std::string::npos || SynsetIn(Normalized(label));
  }

  void AddLabel(const std::string& label, int64_t index) {
    const std::string text = Normalized(label);
    if (auto synset = SynsetIn(text)) synsets_.emplace(*synset, index);
    whole_[text].push_back(index);
    std::string_view rest = label;
    for (bool first = true; !rest.empty(); first = false) {
      const size_t comma = std::min(rest.find(','), rest.size());
      std::string synonym = Normalized(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      all_names_.push_back(synonym);
      if (first) first_synonyms_[synonym].push_back(index);
      synonyms_[std::move(synonym)].push_back(index);
    }
  }

  std::optional<int64_t> ByName(const std::string& text) const {
    for (const Names* names : {&whole_, &first_synonyms_, &synonyms_}) {
      auto found = names->find(text);
      if (found == names->end()) continue;
      if (found->second.size() == 1) return found->second[0];
      return std::nullopt;  // several classes are called so
    }
    return std::nullopt;
  }

  std::optional<int64_t> BySynset(const std::string& text) const {
    const std::optional<int32_t> synset = SynsetIn(text);
    if (!synset) return std::nullopt;
    if (auto found = synsets_.find(*synset); found != synsets_.end()) return found->second;
    if (!first_of_imagenet_) return std::nullopt;
    const std::optional<int64_t> index = ImageNetClass(*synset);
    return index ? std::optional(*index + *first_of_imagenet_) : std::nullopt;
  }

  int64_t classes_;
  int64_t first_number_ = 0;  // the class that the data calls 0
  Names whole_, first_synonyms_, synonyms_;
  std::vector<std::string> all_names_;
  std::map<int32_t, int64_t> synsets_;        // that labels name
  std::optional<int64_t> first_of_imagenet_;  // the index of ImageNet's first class
};

}  // namespace

Result<std::vector<int64_t>> MatchClasses(std::span<const std::string> names,
                                          std::span<const std::string> labels, int64_t classes) {
  const Matcher matcher(names, labels, classes);
  std::vector<int64_t> indices;
  indices.reserve(names.size());
  std::vector<std::string> unmatched;
  size_t failures = 0;
  for (const std::string& name : names) {
    const std::optional<int64_t> index = matcher.Match(name);
    indices.push_back(index.value_or(-1));
    if (index) continue;
    if (++failures > kMostListed) continue;
    unmatched.push_back(base::Cat("'", name, "'", matcher.Hint(name)));
  }
  if (failures == 0) return indices;
  return Fail(ErrorCode::kInvalid, failures, " of the ", names.size(), " classes of the data ",
              failures == 1 ? "is" : "are", " no class of the model: ", base::Join(unmatched, ", "),
              failures > kMostListed ? base::Cat(" and ", failures - kMostListed, " more") : "",
              "; a class is called by its label, its index (0 to ", classes - 1, ") or its synset",
              labels.empty() ? "; the model has no labels: name a file with --labels" : "");
}

}  // namespace goldcrest::evaluate
