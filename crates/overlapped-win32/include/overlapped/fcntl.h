/* libc's <fcntl.h>. There is no text mode, so the flags for it are 0. */
#ifndef OVL_FCNTL_H
#define OVL_FCNTL_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
#pragma push_macro("off_t")
#undef off_t
#define off_t __off_t
/* Names of POSIX that are no part of this header on Windows, and that programs have for themselves. */
#pragma push_macro("fcntl")
#pragma push_macro("flock")
#undef fcntl
#undef flock
#define fcntl ovl_libc_fcntl
#define flock ovl_libc_flock
/* In C++ it brings this one along, for which <sys/uio.h> is asked where it is wanted. */
#ifndef __iovec_defined
#define OVL_IOVEC_IS_HIDDEN
#define iovec ovl_libc_iovec
#endif
/* Windows has the structure in <sys/stat.h> alone, in front of which a program may give it another name to define its own. */
#ifndef OVL_SYS_STAT_H
#define OVL_STAT_IS_HIDDEN
#pragma push_macro("stat")
#undef stat
#define stat ovl_libc_stat
#define stat64 ovl_libc_stat64
#endif
#include_next <fcntl.h>
#ifdef OVL_STAT_IS_HIDDEN
#undef OVL_STAT_IS_HIDDEN
#undef stat
#undef stat64
#pragma pop_macro("stat")
#undef _BITS_STAT_H
#undef _BITS_STRUCT_STAT_H
#endif
#ifdef OVL_IOVEC_IS_HIDDEN
#undef OVL_IOVEC_IS_HIDDEN
#undef iovec
#undef __iovec_defined
#endif
#undef fcntl
#undef flock
#pragma pop_macro("fcntl")
#pragma pop_macro("flock")
#pragma pop_macro("off_t")
#include "ovl/show.h"
/* Programs take these for a sign that there is fcntl; to Windows they are not known. */
#undef FD_CLOEXEC
#undef F_DUPFD
#undef F_DUPFD_CLOEXEC
#undef F_GETFD
#undef F_SETFD
#undef F_GETFL
#undef F_SETFL
#undef F_GETLK
#undef F_SETLK
#undef F_SETLKW
#undef F_RDLCK
#undef F_WRLCK
#undef F_UNLCK
#undef O_NONBLOCK
#undef O_NDELAY
#ifdef OVL_WINDOWS_ONLY_H
#undef S_IFLNK
#undef S_IFSOCK
#undef S_ISUID
#undef S_ISGID
#undef S_ISVTX
#undef O_SYNC
#undef O_DSYNC
#undef O_RSYNC
#undef O_ASYNC
#undef O_FSYNC
#undef O_NOCTTY
#undef O_CLOEXEC
#undef O_DIRECT
#undef O_DIRECTORY
#undef O_NOFOLLOW
#undef O_NOATIME
#undef O_PATH
#undef O_TMPFILE
#undef AT_FDCWD
#undef AT_SYMLINK_NOFOLLOW
#undef AT_SYMLINK_FOLLOW
#undef AT_REMOVEDIR
#undef AT_EACCESS
#undef AT_EMPTY_PATH
#undef AT_NO_AUTOMOUNT
#endif
#include "ovl/off_t.h"

/* A program's own macros of these names are for its calls. */
#pragma push_macro("open")
#pragma push_macro("creat")
#undef open
#undef creat
OVL_BEGIN
int open(const char *name, int flags, ...) OVL_SYMBOL(_open);
int creat(const char *name, int mode) OVL_SYMBOL(_creat);
OVL_END
#pragma pop_macro("open")
#pragma pop_macro("creat")

#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT O_CREAT
#define _O_TRUNC O_TRUNC
#define _O_EXCL O_EXCL
/* O_CLOEXEC, which strict C does not name. */
#define _O_NOINHERIT 02000000
#define _O_BINARY 0
#define _O_TEXT 0
#define _O_U16TEXT 0
#define _O_U8TEXT 0
#define _O_WTEXT 0
/* Bits that Linux does not use; _open takes them off. */
#define _O_RANDOM 0x10
#define _O_SEQUENTIAL 0x20
#define _O_SHORT_LIVED 0x800000
#define _O_TEMPORARY 0x1000000
/* Files have no text mode, whatever is set here. */
OVL_INLINE int *__p__fmode(void) {
    static int mode;
    return &mode;
}
#define _fmode (*__p__fmode())
#define O_BINARY 0
#define O_TEXT 0
#define O_RAW _O_BINARY
#define O_NOINHERIT _O_NOINHERIT
#define O_RANDOM _O_RANDOM
#define O_SEQUENTIAL _O_SEQUENTIAL
#define O_TEMPORARY _O_TEMPORARY
#define O_SHORT_LIVED _O_SHORT_LIVED

#endif
