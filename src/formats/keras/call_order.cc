#include "formats/keras/call_order.h"

#include <algorithm>

namespace goldcrest::formats::keras {

CallOrder OrderCalls(const std::vector<Description>& layers, const MadeCalls& made) {
  struct Waiting {
    LayerCall call;
    size_t missing;
  };
  std::vector<Waiting> waiting;
  std::map<CallKey, std::vector<size_t>> readers;
  CallOrder order;
  for (size_t i = 0; i < layers.size(); ++i) {
    // An input has no calls, and a layer that is called on nothing reports that itself.
    for (size_t k = 0; k < std::max<size_t>(layers[i].calls.size(), 1); ++k) {
      if (made.contains({layers[i].name, k})) continue;
      size_t missing = 0;
      if (!layers[i].calls.empty()) {
        for (const TensorReference& reference : ReferencesOf(layers[i].calls[k])) {
          CallKey key{reference.layer, reference.call};
          if (made.contains(key)) continue;
          readers[key].push_back(waiting.size());
          ++missing;
        }
      }
      if (missing == 0) order.calls.push_back({i, k});
      waiting.push_back({{i, k}, missing});
    }
  }
  for (size_t next = 0; next < order.calls.size(); ++next) {
    const LayerCall made_now = order.calls[next];
    const CallKey key{layers[made_now.layer].name, made_now.call};
    for (size_t reader : readers[key]) {
      if (--waiting[reader].missing == 0) order.calls.push_back(waiting[reader].call);
    }
  }
  auto stuck = std::ranges::find_if(waiting, [](const Waiting& w) { return w.missing > 0; });
  if (stuck != waiting.end()) order.stuck = stuck->call;
  return order;
}

}  // namespace goldcrest::formats::keras
