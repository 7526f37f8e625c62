// What a model computes of constants, such as weights stored as float16.
#pragma once

#include "passes/passes.h"

namespace goldcrest::api {

// Computes single operators on the reference kernels, so that all machines agree.
passes::Evaluator ConstantEvaluator();

// That pass alone.
void FoldConstants(graph::Graph& graph);

}  // namespace goldcrest::api
