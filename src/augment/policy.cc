#include "augment/policy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace goldcrest::augment {
namespace {

constexpr std::string_view kDefault = "flip,crop,jitter";

struct Change {
  std::string_view name;
  const char* number;  // in words; none: nullptr
  double usual, least, most;
  double (*get)(const Policy& policy);
  void (*set)(double number, Policy& policy);
};

constexpr std::array<Change, 6> kChanges = {{
    {"flip", nullptr, 1, 1, 1, [](const Policy& p) { return p.flip ? 1.0 : 0.0; },
     [](double, Policy& p) { p.flip = true; }},
    {"crop", "the least share of the area that is kept", 0.5, 0.05, 1,
     [](const Policy& p) { return p.crop; }, [](double x, Policy& p) { p.crop = x; }},
    {"rotate", "the most degrees to either side", 15, 0, 180,
     [](const Policy& p) { return p.rotate; }, [](double x, Policy& p) { p.rotate = x; }},
    {"jitter", "how much colours change", 0.2, 0, 1, [](const Policy& p) { return p.jitter; },
     [](double x, Policy& p) { p.jitter = x; }},
    {"mixup", "the shape of the beta distribution", 0.2, 0.05, 1,
     [](const Policy& p) { return p.mixup; }, [](double x, Policy& p) { p.mixup = x; }},
    {"cutout", "the side of a square in pixels", 16, 0, 4096,
     [](const Policy& p) { return static_cast<double>(p.cutout); },
     [](double x, Policy& p) { p.cutout = std::lround(x); }},
}};

std::string Names() {
  std::vector<std::string> names;
  for (const Change& change : kChanges) names.emplace_back(change.name);
  return base::Join(names, ", ");
}

Result<const Change*> Find(std::string_view name) {
  const auto found = std::ranges::find(kChanges, name, &Change::name);
  if (found != kChanges.end()) return &*found;
  std::vector<std::string> names = {"default"};
  for (const Change& change : kChanges) names.emplace_back(change.name);
  const std::string nearest = base::Nearest(name, names);
  return Fail(ErrorCode::kUsage, "'", name, "' is no augmentation",
              nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"), "; there are ",
              Names(), ", and default, which is ", kDefault);
}

Status AddTerm(std::string_view term, std::vector<const Change*>& seen, Policy& policy) {
  const size_t colon = std::min(term.find(':'), term.size());
  GOLDCREST_TRY(const Change* change, Find(term.substr(0, colon)));
  if (std::ranges::find(seen, change) != seen.end()) {
    return Fail(ErrorCode::kUsage, change->name, " is there more than once");
  }
  seen.push_back(change);
  double number = change->usual;
  if (colon < term.size()) {
    const std::string_view text = term.substr(colon + 1);
    if (change->number == nullptr) {
      return Fail(ErrorCode::kUsage, change->name, " takes no number, and has '", text, "'");
    }
    const bool whole = change->name != "cutout" || text.find_first_of(".eE") == text.npos;
    if (!base::ParseFloat(text, number) || !whole || !(number >= change->least) ||
        number > change->most) {
      return Fail(ErrorCode::kUsage, change->name, " takes ", change->number, ", from ",
                  change->least, " to ", change->most, ", such as ", change->name, ":",
                  change->usual, "; it has '", text, "'");
    }
  }
  change->set(number, policy);
  return {};
}

Status AddTerms(std::string_view text, std::vector<const Change*>& seen, Policy& policy) {
  for (bool more = true; more;) {
    const size_t end = std::min(text.find(','), text.size());
    const std::string_view term = text.substr(0, end);
    more = end < text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
    GOLDCREST_RETURN_IF_ERROR(term == "default" ? AddTerms(kDefault, seen, policy)
                                                : AddTerm(term, seen, policy));
  }
  return {};
}

}  // namespace

Result<Policy> ParsePolicy(std::string_view text) {
  Policy policy;
  if (text.empty() || text == "none") return policy;
  std::vector<const Change*> seen;
  GOLDCREST_RETURN_IF_ERROR(AddTerms(text, seen, policy));
  return policy;
}

std::string ToString(const Policy& policy) {
  std::vector<std::string> terms;
  for (const Change& change : kChanges) {
    const double number = change.get(policy);
    if (number == change.get(Policy())) continue;
    terms.push_back(change.number == nullptr ? std::string(change.name)
                                             : base::Cat(change.name, ":", number));
  }
  return terms.empty() ? "none" : base::Join(terms, ",");
}

}  // namespace goldcrest::augment
