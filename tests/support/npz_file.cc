#include "support/npz_file.h"

#include <array>
#include <cstdio>
#include <sstream>

#include "base/check.h"
#include "base/file.h"
#include "tensor/npy.h"

namespace goldcrest::testing {
namespace {

constexpr char kUnpack[] =
    "import sys, zipfile\n"
    "archive = zipfile.ZipFile(sys.argv[1])\n"
    "for name in archive.namelist():\n"
    "  array = archive.read(name)\n"
    "  sys.stdout.buffer.write(b\"%s\\n%d\\n\" % (name.encode(), len(array)) + array)\n";

}  // namespace

NpzFile::NpzFile(const std::string& path) {
  std::string command = base::Cat("python3 -c '", kUnpack, "' '", path, "'");
  FILE* pipe = ::popen(command.c_str(), "r");
  GOLDCREST_CHECK(pipe != nullptr);
  std::string unpacked;
  std::array<char, 65536> part{};
  while (size_t count = std::fread(part.data(), 1, part.size(), pipe)) {
    unpacked.append(part.data(), count);
  }
  GOLDCREST_CHECK(::pclose(pipe) == 0);
  std::istringstream in(std::move(unpacked));
  std::string name;
  std::string size;
  while (std::getline(in, name) && std::getline(in, size)) {
    std::string array(std::stoul(size), '\0');
    in.read(array.data(), static_cast<std::streamsize>(array.size()));
    GOLDCREST_CHECK(in.good() && name.ends_with(".npy"));
    arrays_[name.substr(0, name.size() - 4)] = std::move(array);
  }
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays_) names.push_back(name);
  return names;
}

Result<tensor::Tensor> NpzFile::Read(const std::string& name) const {
  auto found = arrays_.find(name);
  if (found == arrays_.end()) return Fail(ErrorCode::kNotFound, "no array ", name);
  return tensor::ReadNpy(base::AsBytes(found->second));
}

}  // namespace goldcrest::testing
