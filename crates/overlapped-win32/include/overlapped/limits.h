/* The compiler's <limits.h>, with Microsoft's names for fixed sizes. LONG_MAX stays that of a long of 64 bits: see MAXLONG. */
#pragma GCC system_header
/* Before the guard: the compiler's comes back here on its way to libc's. */
#include_next <limits.h>
#ifndef OVL_LIMITS_H
#define OVL_LIMITS_H

#define _I8_MIN (-127 - 1)
#define _I8_MAX 127
#define _UI8_MAX 0xFF
#define _I16_MIN (-32767 - 1)
#define _I16_MAX 32767
#define _UI16_MAX 0xFFFF
#define _I32_MIN (-2147483647 - 1)
#define _I32_MAX 2147483647
#define _UI32_MAX 0xFFFFFFFFu
#define _I64_MIN (-9223372036854775807LL - 1)
#define _I64_MAX 9223372036854775807LL
#define _UI64_MAX 0xFFFFFFFFFFFFFFFFULL
#ifndef SIZE_MAX
#define SIZE_MAX __SIZE_MAX__
#endif

#endif
