/* What is known of a file, by Windows names. There is one structure of that: libc's, under all of Microsoft's names. */
#ifndef OVL_SYS_STAT_H
#define OVL_SYS_STAT_H
#pragma GCC system_header
#include "../ovl/crt.h"

/* As a macro with arguments it renames the function and not the structure. */
#define stat(name, to) ovl_libc_stat(name, to)
#include "../ovl/hide.h"
#include_next <sys/stat.h>
#include "../ovl/show.h"
#include "../ovl/off_t.h"
#undef stat

OVL_BEGIN
int stat(const char *name, struct stat *to) OVL_SYMBOL(stat);
int _wstat(const wchar_t *name, struct stat *to) OVL_SYMBOL(_wstat);
int _chmod(const char *name, int mode) OVL_SYMBOL(_chmod);
int _wchmod(const wchar_t *name, int mode) OVL_SYMBOL(_wchmod);
int _umask(int mode) OVL_LIBC(umask);
OVL_END

#pragma push_macro("chmod")
#pragma push_macro("mkdir")
#undef chmod
#undef mkdir
OVL_BEGIN
int chmod(const char *name, int mode) OVL_SYMBOL(_chmod);
/* Permissions, which POSIX has for a second argument, are left to the umask. */
int mkdir(const char *name, ...) OVL_SYMBOL(_mkdir);
OVL_END
#pragma pop_macro("chmod")
#pragma pop_macro("mkdir")

#define _stat stat
#define _stat32 stat
#define _stat64 stat
#define _stati64 stat
#define _stat32i64 stat
#define _stat64i32 stat
#define __stat64 stat
#define _wstat32 _wstat
#define _wstat64 _wstat
#define _wstati64 _wstat
#define _wstat64i32 _wstat
#define _fstat fstat
#define _fstat64 fstat
#define _fstati64 fstat
#define _fstat32 fstat
#define _fstat32i64 fstat
#define _fstat64i32 fstat
#define _wstat32i64 _wstat
OVL_INLINE int _umask_s(int mode, int *former) {
    if (!former) return 22;
    *former = _umask(mode);
    return 0;
}

/* Numbers, since programs define the names without an underscore by these. */
#define _S_IFMT 0xF000
#define _S_IFDIR 0x4000
#define _S_IFCHR 0x2000
#define _S_IFIFO 0x1000
#define _S_IFREG 0x8000
#define _S_IREAD 0x100
#define _S_IWRITE 0x80
#define _S_IEXEC 0x40

#endif
