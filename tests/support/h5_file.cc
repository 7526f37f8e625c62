#include "support/h5_file.h"

#include <map>

namespace goldcrest::testing {
namespace {

void WriteText(hid_t object, const char* name, const std::vector<std::string>& texts, bool scalar,
               bool variable_length) {
  hid_t type = H5Tcopy(H5T_C_S1);
  hsize_t count = texts.size();
  size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  H5Tset_size(type, variable_length ? H5T_VARIABLE : longest);
  if (!variable_length) H5Tset_strpad(type, H5T_STR_NULLPAD);
  hid_t space = scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (variable_length) {
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    H5Awrite(attribute, type, pointers.data());
  } else {
    std::string bytes;
    for (std::string text : texts) {
      text.resize(longest, '\0');
      bytes += text;
    }
    H5Awrite(attribute, type, bytes.data());
  }
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

}  // namespace

void WriteH5(const std::string& path, const std::string& model_config,
             const std::vector<H5Weight>& weights, bool variable_length) {
  hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  WriteText(file, "model_config", {model_config}, true, variable_length);
  hid_t create = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(create, 1);
  hid_t root = H5Gcreate2(file, "model_weights", create, H5P_DEFAULT, H5P_DEFAULT);
  std::map<std::string, std::vector<std::string>> names;
  for (const H5Weight& weight : weights) {
    std::string at = weight.layer + "/" + weight.name;
    hid_t space =
        H5Screate_simple(static_cast<int>(weight.shape.size()), weight.shape.data(), nullptr);
    hid_t set =
        H5Dcreate2(root, at.c_str(), H5T_IEEE_F32LE, space, create, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, weight.elements.data());
    H5Dclose(set);
    H5Sclose(space);
    names[weight.layer].push_back(weight.name);
  }
  for (const auto& [layer, list] : names) {
    hid_t group = H5Gopen2(root, layer.c_str(), H5P_DEFAULT);
    WriteText(group, "weight_names", list, false, variable_length);
    H5Gclose(group);
  }
  H5Gclose(root);
  H5Pclose(create);
  H5Fclose(file);
}

void SplitAttribute(const std::string& path, const std::string& group, const std::string& name) {
  hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t at = H5Gopen2(file, group.c_str(), H5P_DEFAULT);
  hid_t attribute = H5Aopen(at, name.c_str(), H5P_DEFAULT);
  hid_t type = H5Aget_type(attribute);
  std::vector<char*> texts(2, nullptr);
  H5Aread(attribute, type, texts.data());
  H5Aclose(attribute);
  H5Adelete(at, name.c_str());
  for (int i = 0; i < 2; ++i) {
    WriteText(at, (name + std::to_string(i)).c_str(), {texts[static_cast<size_t>(i)]}, false, true);
    H5free_memory(texts[static_cast<size_t>(i)]);
  }
  H5Tclose(type);
  H5Gclose(at);
  H5Fclose(file);
}

}  // namespace goldcrest::testing
