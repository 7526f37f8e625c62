// What the sanitizers ask a program at its start.

// Libraries that ask for absurd amounts of memory on behalf of a hostile file must be told no, not
// ended.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
