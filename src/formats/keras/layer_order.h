// The order in which Keras lists the layers of a functional model, whatever the order in its file.
#pragma once

#include "formats/keras/written_model.h"

namespace goldcrest::formats::keras {

// Puts the layers into the order that Keras 2 and 3 give them (`map_graph`): by their distance from
// the outputs, then by a walk from the outputs, depth first. Files match weights by this order.
// What no output reads is dropped, inputs excepted.
void OrderLayers(WrittenModel& model);

}  // namespace goldcrest::formats::keras
