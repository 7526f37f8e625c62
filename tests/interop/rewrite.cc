// goldcrest_rewrite IN.tflite OUT.tflite: the file as we read it, written again.
#include <cstdio>

#include "base/file.h"
#include "passes/passes.h"
#include "pipeline/model_file.h"

namespace {

goldcrest::Status Rewrite(const std::string& in, const std::string& out) {
  GOLDCREST_TRY(goldcrest::graph::Graph graph, goldcrest::pipeline::ReadModel(in));
  goldcrest::passes::RemoveDeadCode(graph);  // operands that became attributes
  GOLDCREST_TRY(auto bytes, goldcrest::pipeline::EncodeModel(graph, out));
  return goldcrest::base::WriteFile(out, bytes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  goldcrest::Status status = Rewrite(argv[1], argv[2]);
  if (!status) std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
  return status ? 0 : 1;
}
