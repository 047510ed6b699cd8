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
#define _utimbuf utimbuf
#define __utimbuf64 utimbuf
#define utime(name, to) _utime(name, to)
#define _utime64 _utime
#define _wutime64 _wutime
#define _utime32 _utime
#define _wutime32 _wutime
#define __utimbuf32 utimbuf

#endif
