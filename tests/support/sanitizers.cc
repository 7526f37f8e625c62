// What the sanitizers ask a program at its start.

// Libraries that ask for absurd amounts of memory on behalf of a hostile file must be told no, not
// ended.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

// libhdf5 1.10 does not free all it took for a file that turns out to be damaged.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5_serial\n"; }
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
