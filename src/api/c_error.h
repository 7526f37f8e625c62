// What went wrong, as callers of the C interface hear it: nothing is thrown at them.
#pragma once

#include <goldcrest/goldcrest.h>

#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace goldcrest::api {

// Writes code and message into `error`, where there is one, and returns the code. The middle of a
// message that does not fit is left out.
goldcrest_code Report(goldcrest_code code, std::string_view message,
                      goldcrest_error* error) noexcept;
goldcrest_code Report(const Error& failure, goldcrest_error* error);

// An error where `pointer`, which callers know as `what`, is null.
Status ExpectGiven(const void* pointer, const char* what);

// Does `work`, a Status, and turns whatever goes wrong into a code.
template <class Work>
goldcrest_code Guarded(goldcrest_error* error, const Work& work) noexcept {
  try {
    Status status = work();
    if (status) return GOLDCREST_OK;
    return Report(status.error(), error);
  } catch (const std::bad_alloc&) {
    return Report(GOLDCREST_LIMIT, "there is not enough memory for this", error);
  } catch (const std::system_error& thrown) {
    return Report(GOLDCREST_LIMIT, thrown.what(), error);  // no more threads
  } catch (const std::exception& thrown) {
    return Report(GOLDCREST_INTERNAL, thrown.what(), error);
  } catch (...) {
    return Report(GOLDCREST_INTERNAL, "an unknown exception", error);
  }
}

}  // namespace goldcrest::api
