/* Shared definitions of the C library. */
#include "ovl/crt.h"
