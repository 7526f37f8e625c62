// The model that a training starts from, and what of it is learned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "graph/graph.h"
#include "pipeline/architecture.h"
#include "train/head.h"

namespace goldcrest::pipeline {

struct StartOptions {
  std::string from;                // a model; or
  ArchitectureFlags architecture;  // one built here, its weights random or of `from`
  std::string head;                // layers before the last: "dense:128,dropout:0.2"
  api::ContractFlags contract;
  int64_t size = 0;  // of the model's pictures; 0: as the model has it
  // The last so many operators are learned, with the head; kAllLayers: all. None: the head alone,
  // of a model, and all, of an architecture.
  std::optional<int64_t> fine_tune;
  // Whether batch normalizations that are learned take the batch's own statistics. None: where all
  // layers are learned.
  std::optional<bool> batch_statistics;
  uint64_t seed = 0;
};
inline constexpr int64_t kAllLayers = -1;

struct StartingModel {
  graph::Graph graph;         // its labels are the classes
  std::vector<bool> learned;  // by value
  // Where the head alone is learned: the head and what it reads.
  std::optional<train::ModelWithHead> frozen;
  bool batch_statistics = false;
  std::string input_contract;  // in words
  std::vector<std::string> notes;
};

// A model whose labels are `classes`, or that has no labels but as many classes, keeps its head
// where it is fine-tuned; any other gets a new one.
Result<StartingModel> MakeStartingModel(const StartOptions& options,
                                        const std::vector<std::string>& classes);

}  // namespace goldcrest::pipeline
