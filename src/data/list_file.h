// Lists of pictures.
//
// A line is a path or a URL (http or https), and a label where there is one. Fields are separated
// by commas in a file whose name ends with .csv (where "…" quotes, as RFC 4180 has it), else by
// tabs; "path 17", with a space, is a path and a label too where no file is called so as a whole. A
// first line that names its columns (path, file, filename, image, picture, url; label, class) says
// which they are; all others are passed over. Relative paths are relative to the list's folder;
// blanks around a label are no part of it. Line ends are LF or CRLF; empty lines do not count. What
// a URL names is fetched when the sample is read for the first time (fetched_files.h).
#pragma once

#include <memory>
#include <span>

#include "data/data_set.h"
#include "data/fetched_files.h"

namespace goldcrest::data {

// `file` are the bytes of `path`. Some paths may be missing (reading the sample fails then), not
// all.
Result<std::unique_ptr<DataSet>> OpenList(const std::string& path, std::span<const std::byte> file,
                                          const FetchOptions& fetch = {});

}  // namespace goldcrest::data
