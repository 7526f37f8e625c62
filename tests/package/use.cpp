// The same through the C++ header.
#include <cstdio>
#include <goldcrest/goldcrest.hpp>

int main(int argc, char** argv) {
  auto session = goldcrest::Session::Open(argc == 2 ? argv[1] : "");
  if (!session) {
    std::printf("error: %s\n", session.error().message.c_str());
    return 1;
  }
  goldcrest::Tensor input = session->input(0);
  for (std::size_t i = 0; i < input.size<float>(); ++i) input.mutable_data<float>()[i] = 2;
  if (!session->Run()) return 1;
  std::printf("%s %s %g\n", goldcrest::Version(), session->label(0),
              session->output(0).data<float>()[0]);
  return 0;
}
