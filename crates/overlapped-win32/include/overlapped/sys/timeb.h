/* The time with milliseconds. */
#ifndef OVL_SYS_TIMEB_H
#define OVL_SYS_TIMEB_H
#include "../ovl/crt.h"
#include <time.h>

struct __timeb64 {
    __time64_t time;
    unsigned short millitm;
    short timezone;
    short dstflag;
};
OVL_STATIC_ASSERT(sizeof(struct __timeb64) == 16, "struct __timeb64 must have 16 bytes");
#define _timeb __timeb64
#define timeb __timeb64

OVL_BEGIN
errno_t _ftime64_s(struct __timeb64 *to) OVL_SYMBOL(_ftime64_s);
OVL_INLINE void _ftime64(struct __timeb64 *to) { (void)_ftime64_s(to); }
OVL_END
#define _ftime _ftime64
#define _ftime_s _ftime64_s
#define ftime _ftime64

#endif
