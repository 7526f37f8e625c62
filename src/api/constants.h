// What a model computes of constants, such as weights stored as float16 or int8.
#pragma once

#include "passes/passes.h"

namespace goldcrest::api {

// Computes single operators on the reference kernels, so that all machines agree.
passes::Evaluator ConstantEvaluator();

// What every graph needs before it can run as its file has it.
void PrepareToRun(graph::Graph& graph);

}  // namespace goldcrest::api
