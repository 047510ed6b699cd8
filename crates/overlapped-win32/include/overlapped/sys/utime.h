/* Times of files, by Windows names. The structure is libc's. */
#ifndef OVL_SYS_UTIME_H
#define OVL_SYS_UTIME_H
#include "../ovl/crt.h"
#define utime(name, to) ovl_libc_utime(name, to)
#include <utime.h>
#undef utime

OVL_BEGIN
int _utime(const char *name, const struct utimbuf *to) OVL_SYMBOL(_utime);
int _wutime(const wchar_t *name, const struct utimbuf *to) OVL_SYMBOL(_wutime);
OVL_END
struct ovl_file_time {
    long seconds, microseconds;
};
OVL_BEGIN
int ovl_futimes(int descriptor, const struct ovl_file_time *times) OVL_LIBC(futimes);
/* Of an open file; NULL for now. */
OVL_INLINE int _futime(int descriptor, const struct utimbuf *to) {
    struct ovl_file_time times[2];
    if (!to) return ovl_futimes(descriptor, (const struct ovl_file_time *)0);
    times[0].seconds = to->actime;
    times[1].seconds = to->modtime;
    times[0].microseconds = times[1].microseconds = 0;
    return ovl_futimes(descriptor, times);
}
OVL_END
#define _futime64 _futime
#define _futime32 _futime
#define futime _futime
#define _utimbuf utimbuf
#define __utimbuf64 utimbuf
#define utime(name, to) _utime(name, to)
#define _utime64 _utime
#define _wutime64 _wutime
#define _utime32 _utime
#define _wutime32 _wutime
#define __utimbuf32 utimbuf

#endif
