/* libc's <sys/types.h>. It comes along with <stdlib.h>, and then without the types that Windows has in this header only. */
#pragma GCC system_header
#include "../ovl/base.h"
#include_next <sys/types.h>
#include "../ovl/off_t.h"
