// Names what a picture shows: classify model.tflite picture.ppm
#include <cstdio>
#include <fstream>
#include <goldcrest/goldcrest.hpp>
#include <iostream>

static int Fail(const goldcrest::Error& error) {
  std::cerr << error.message << "\n";
  return 1;
}

int main(int argc, char** argv) {
  std::ifstream file(argc == 3 ? argv[2] : "", std::ios::binary);
  std::string mark;
  int width = 0, height = 0, most = 0;
  file >> mark >> width >> height >> most;
  file.get();
  if (mark != "P6" || width < 1 || height < 1 || width > 20000 || height > 20000 || most != 255) {
    std::cerr << "usage: classify model.tflite picture.ppm (8 bits, no comments)\n";
    return 2;
  }
  std::vector<unsigned char> rgb(std::size_t{3} * width * height);
  file.read(reinterpret_cast<char*>(rgb.data()), static_cast<std::streamsize>(rgb.size()));
  if (!file) return 1;

  auto session = goldcrest::Session::Open(argv[1], goldcrest::Options().Set("threads", "2"));
  if (!session) return Fail(session.error());
  if (auto set = session->SetPixels(rgb.data(), width, height); !set) return Fail(set.error());
  if (auto run = session->Run(); !run) return Fail(run.error());
  for (const auto& best : *session->Top(5)) std::printf("%.6f %s\n", best.score, best.label);
  return 0;
}
