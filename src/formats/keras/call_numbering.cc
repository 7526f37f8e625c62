#include "formats/keras/call_numbering.h"

namespace goldcrest::formats::keras {

Result<CallNumbering> CallNumbering::Of(const std::vector<Description>& layers) {
  CallNumbering numbering;
  for (size_t i = 0; i < layers.size(); ++i) {
    const Counting counting{.several = layers[i].calls.size() > 1,
                            .from_one = layers[i].is_model && layers[i].keras2_spelling};
    if (!numbering.by_layer_.emplace(layers[i].name, counting).second) {
      return Invalid(Where(layers[i], i), " › its name is taken by another layer");
    }
  }
  // A model of which a call 0 is read is counted from 0 after all.
  for (const Description& layer : layers) {
    for (const Call& call : layer.calls) {
      for (const TensorReference& reference : ReferencesOf(call)) {
        auto found = numbering.by_layer_.find(reference.layer);
        if (found != numbering.by_layer_.end() && reference.call == 0) {
          found->second.from_one = false;
        }
      }
    }
  }
  return numbering;
}

void CallNumbering::Resolve(TensorReference& reference) const {
  auto found = by_layer_.find(reference.layer);
  if (found == by_layer_.end()) return;
  if (!found->second.several) {
    reference.call = 0;
  } else if (found->second.from_one) {
    --reference.call;
  }
}

void CallNumbering::ResolveAll(std::vector<Description>& layers) const {
  for (Description& layer : layers) {
    for (Call& call : layer.calls) {
      for (Argument& argument : call.arguments) {
        if (auto* reference = std::get_if<TensorReference>(&argument)) Resolve(*reference);
      }
    }
  }
}

}  // namespace goldcrest::formats::keras
