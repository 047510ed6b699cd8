/* libc's <sys/types.h>. It comes along with <stdlib.h>, and then without the types that Windows has in this header only. */
#pragma GCC system_header
#include "../ovl/base.h"
#include_next <sys/types.h>
#include "../ovl/off_t.h"

/* Programs that define these types where they are not there ask by the names that headers of Windows' compilers have for that. */
#define _INO_T_DEFINED 1
#define _DEV_T_DEFINED 1
#define _INO_T_ 1
#define _DEV_T_ 1
#define _PID_T_ 1
#define _MODE_T_ 1
#define _SSIZE_T_ 1
#define _SSIZE_T_DEFINED 1
