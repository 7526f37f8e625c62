// Which call of a layer a reference means: writers of files count them in different ways.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/keras/description.h"

namespace goldcrest::formats::keras {

// How the calls of one model's layers are counted.
class CallNumbering {
 public:
  // An error where two layers have the same name.
  static Result<CallNumbering> Of(const std::vector<Description>& layers);

  // Makes the reference's call an index into its layer's calls. One to a layer that does not exist
  // stays as it is.
  void Resolve(TensorReference& reference) const;
  // The same for all that the layers are called on.
  void ResolveAll(std::vector<Description>& layers) const;

 private:
  struct Counting {
    bool several;   // where there is one call, it is meant
    bool from_one;  // Keras 2, where the layer is a model: the first is the model's own making
  };
  std::map<std::string, Counting> by_layer_;
};

}  // namespace goldcrest::formats::keras
