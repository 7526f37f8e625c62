// goldcrest_empty: what a program takes that does nothing.
#include "load/peak_memory.h"

int main() { goldcrest::bench::PrintPeakMemory(); }
