/* libc's <unistd.h>. What only POSIX has in it comes with this name alone, and not with io.h or headers of C++. */
#pragma GCC system_header
#ifndef OVL_LIBC_UNISTD
#define OVL_LIBC_UNISTD
#include "ovl/crt.h"
#include "ovl/hide.h"
#pragma push_macro("_GETOPT_POSIX_H")
#define _GETOPT_POSIX_H 1
#include_next <unistd.h>
#undef _GETOPT_POSIX_H
#pragma pop_macro("_GETOPT_POSIX_H")
#include "ovl/show.h"

#pragma push_macro("access")
#pragma push_macro("unlink")
#pragma push_macro("chdir")
#pragma push_macro("getcwd")
#pragma push_macro("rmdir")
#undef access
#undef unlink
#undef chdir
#undef getcwd
#undef rmdir
OVL_BEGIN
int access(const char *name, int mode) OVL_SYMBOL(_access);
int unlink(const char *name) OVL_SYMBOL(_unlink);
int chdir(const char *name) OVL_SYMBOL(_chdir);
char *getcwd(char *to, int room) OVL_SYMBOL(_getcwd);
int rmdir(const char *name) OVL_SYMBOL(_rmdir);
OVL_END
#pragma pop_macro("access")
#pragma pop_macro("unlink")
#pragma pop_macro("chdir")
#pragma pop_macro("getcwd")
#pragma pop_macro("rmdir")
#endif

#if !defined(OVL_UNISTD_H) && !defined(OVL_WITHOUT_POSIX)
#define OVL_UNISTD_H
#include "ovl/off_t.h"
#if __has_include(<bits/getopt_posix.h>)
#include <bits/getopt_posix.h>
#endif
OVL_BEGIN
unsigned int sleep(unsigned int seconds);
int usleep(unsigned int microseconds);
unsigned int alarm(unsigned int seconds) OVL_NOTHROW;
int pause(void);
int fork(void) OVL_NOTHROW;
int pipe(int ends[2]) OVL_NOTHROW;
int link(const char *from, const char *to) OVL_NOTHROW;
int symlink(const char *to, const char *name) OVL_NOTHROW;
__ssize_t readlink(const char *name, char *to, size_t room) OVL_NOTHROW;
int truncate(const char *name, __off_t length) OVL_NOTHROW;
int ftruncate(int descriptor, __off_t length) OVL_NOTHROW;
int getpagesize(void) OVL_NOTHROW;
unsigned int getuid(void) OVL_NOTHROW;
unsigned int geteuid(void) OVL_NOTHROW;
unsigned int getgid(void) OVL_NOTHROW;
unsigned int getegid(void) OVL_NOTHROW;
int getppid(void) OVL_NOTHROW;
OVL_END
#endif
