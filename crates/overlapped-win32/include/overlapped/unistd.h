/* libc's <unistd.h>. What only POSIX has in it comes with this name alone, and not with io.h or headers of C++. */
#pragma GCC system_header
#ifndef OVL_LIBC_UNISTD
#define OVL_LIBC_UNISTD
#include "ovl/crt.h"
#include "ovl/hide.h"
#pragma push_macro("_GETOPT_POSIX_H")
#define _GETOPT_POSIX_H 1
/* Programs make macros of these, such as closesocket of close, and headers of C++ come later. */
#pragma push_macro("close")
#undef close
#define close ovl_libc_close
#pragma push_macro("read")
#undef read
#pragma push_macro("write")
#undef write
#pragma push_macro("lseek")
#undef lseek
#pragma push_macro("dup")
#undef dup
#pragma push_macro("dup2")
#undef dup2
#pragma push_macro("isatty")
#undef isatty
#pragma push_macro("getpid")
#undef getpid
#pragma push_macro("gethostname")
#undef gethostname
#include_next <unistd.h>
#undef close
OVL_BEGIN
int close(int descriptor) OVL_SYMBOL(_close);
OVL_END
#pragma pop_macro("close")
#pragma pop_macro("read")
#pragma pop_macro("write")
#pragma pop_macro("lseek")
#pragma pop_macro("dup")
#pragma pop_macro("dup2")
#pragma pop_macro("isatty")
#pragma pop_macro("getpid")
#pragma pop_macro("gethostname")
#undef _GETOPT_POSIX_H
#pragma pop_macro("_GETOPT_POSIX_H")
#include "ovl/show.h"
/* Signs that a system has threads and clocks of POSIX: programs choose by them, and Windows' headers do not bring them along. */
#undef _POSIX_VERSION
#undef _POSIX_THREADS
#undef _POSIX_TIMERS
#undef _POSIX_SEMAPHORES
#undef _POSIX_MONOTONIC_CLOCK
#ifdef OVL_WINDOWS_ONLY_H
/* Programs call sysconf where these are defined. */
#undef _SC_ARG_MAX
#undef _SC_AVPHYS_PAGES
#undef _SC_CHILD_MAX
#undef _SC_CLK_TCK
#undef _SC_GETGR_R_SIZE_MAX
#undef _SC_GETPW_R_SIZE_MAX
#undef _SC_HOST_NAME_MAX
#undef _SC_IOV_MAX
#undef _SC_LEVEL1_DCACHE_LINESIZE
#undef _SC_LINE_MAX
#undef _SC_LOGIN_NAME_MAX
#undef _SC_MONOTONIC_CLOCK
#undef _SC_NGROUPS_MAX
#undef _SC_NPROCESSORS_CONF
#undef _SC_NPROCESSORS_ONLN
#undef _SC_OPEN_MAX
#undef _SC_PAGESIZE
#undef _SC_PAGE_SIZE
#undef _SC_PHYS_PAGES
#undef _SC_SYMLOOP_MAX
#undef _SC_THREADS
#undef _SC_THREAD_STACK_MIN
#endif

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
#define _POSIX_VERSION 200809L
#define _POSIX_THREADS 200809L
#define _POSIX_TIMERS 200809L
#define _POSIX_SEMAPHORES 200809L
#define _POSIX_MONOTONIC_CLOCK 0
#if __has_include(<bits/getopt_posix.h>)
#include <bits/getopt_posix.h>
#endif
#pragma push_macro("sleep")
#undef sleep
#pragma push_macro("usleep")
#undef usleep
#pragma push_macro("pipe")
#undef pipe
#pragma push_macro("link")
#undef link
#pragma push_macro("symlink")
#undef symlink
#pragma push_macro("readlink")
#undef readlink
#pragma push_macro("truncate")
#undef truncate
#pragma push_macro("ftruncate")
#undef ftruncate
OVL_BEGIN
unsigned int sleep(unsigned int seconds);
int usleep(unsigned int microseconds);
int truncate(const char *name, __off_t length) OVL_NOTHROW;
int ftruncate(int descriptor, __off_t length) OVL_NOTHROW;
/* The others no compiler for Windows has, and programs define them. */
#ifndef OVL_WINDOWS_ONLY_H
unsigned int alarm(unsigned int seconds) OVL_NOTHROW;
int pause(void);
int fork(void) OVL_NOTHROW;
int pipe(int ends[2]) OVL_NOTHROW;
int link(const char *from, const char *to) OVL_NOTHROW;
int symlink(const char *to, const char *name) OVL_NOTHROW;
__ssize_t readlink(const char *name, char *to, size_t room) OVL_NOTHROW;
int getpagesize(void) OVL_NOTHROW;
unsigned int getuid(void) OVL_NOTHROW;
unsigned int geteuid(void) OVL_NOTHROW;
unsigned int getgid(void) OVL_NOTHROW;
unsigned int getegid(void) OVL_NOTHROW;
int getppid(void) OVL_NOTHROW;
#endif
OVL_END
#pragma pop_macro("sleep")
#pragma pop_macro("usleep")
#pragma pop_macro("pipe")
#pragma pop_macro("link")
#pragma pop_macro("symlink")
#pragma pop_macro("readlink")
#pragma pop_macro("truncate")
#pragma pop_macro("ftruncate")
#ifdef OVL_WINDOWS_ONLY_H
/* As with mingw. */
#include "io.h"
#include "process.h"
#endif
#endif
