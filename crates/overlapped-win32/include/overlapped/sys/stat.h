/* What is known of a file, by Windows names. There is one structure of that: libc's, under all of Microsoft's names. */
#ifndef OVL_SYS_STAT_H
#define OVL_SYS_STAT_H
#pragma GCC system_header
#include "../ovl/crt.h"

/* A program that gives the structure another name meanwhile, to define its own, gets libc's under that name, and Microsoft's names
 * mean one that is alike. */
#ifdef stat
#define OVL_STAT_IS_RENAMED 1
#else
/* As a macro with arguments it renames the function and not the structure. */
#define stat(name, to) ovl_libc_stat(name, to)
#endif
#include "../ovl/hide.h"
#include_next <sys/stat.h>
#include "../ovl/show.h"
#include "../ovl/off_t.h"
#ifdef OVL_STAT_IS_RENAMED
OVL_BEGIN
int stat(const char *name, struct stat *to) OVL_NOTHROW OVL_SYMBOL(stat);
int fstat(int file, struct stat *to) OVL_NOTHROW OVL_LIBC(fstat);
OVL_END
#pragma push_macro("stat")
#pragma push_macro("stat64")
#undef stat
#undef stat64
#undef _BITS_STRUCT_STAT_H
#define stat ovl_native_stat
#define stat64 ovl_native_stat64
#include <bits/struct_stat.h>
#undef stat
#undef stat64
#pragma pop_macro("stat")
#pragma pop_macro("stat64")
#define OVL_STAT ovl_native_stat
#define OVL_WSTAT ovl_native_wstat
#define OVL_FSTAT ovl_native_fstat
OVL_BEGIN
int ovl_native_stat(const char *name, struct ovl_native_stat *to) OVL_SYMBOL(stat);
int ovl_native_fstat(int file, struct ovl_native_stat *to) OVL_LIBC(fstat);
OVL_END
#define _wstat ovl_native_wstat
#else
#undef stat
#define OVL_STAT stat
#define OVL_WSTAT _wstat
#define OVL_FSTAT fstat
OVL_BEGIN
int stat(const char *name, struct stat *to) OVL_SYMBOL(stat);
OVL_END
#endif
#ifdef OVL_WINDOWS_ONLY_H
#undef S_IFLNK
#undef S_IFSOCK
#undef S_ISLNK
#undef S_ISSOCK
#undef S_ISUID
#undef S_ISGID
#undef S_ISVTX
#endif

OVL_BEGIN
int _wstat(const wchar_t *name, struct OVL_STAT *to) OVL_SYMBOL(_wstat);
OVL_END
#include "../ovl/permissions.h"

#define _stat OVL_STAT
#define _stat32 OVL_STAT
#define _stat64 OVL_STAT
#define _stati64 OVL_STAT
#define _stat32i64 OVL_STAT
#define _stat64i32 OVL_STAT
#define __stat64 OVL_STAT
#define _wstat32 OVL_WSTAT
#define _wstat64 OVL_WSTAT
#define _wstati64 OVL_WSTAT
#define _wstat64i32 OVL_WSTAT
#define _fstat OVL_FSTAT
#define _fstat64 OVL_FSTAT
#define _fstati64 OVL_FSTAT
#define _fstat32 OVL_FSTAT
#define _fstat32i64 OVL_FSTAT
#define _fstat64i32 OVL_FSTAT
#define _wstat32i64 OVL_WSTAT

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
