/* Directories of the C library. */
#ifndef OVL_DIRECT_H
#define OVL_DIRECT_H
#include "ovl/crt.h"
#include <sys/stat.h>
#include <unistd.h>

OVL_BEGIN
OVL_INLINE int _mkdir(const char *name) { return mkdir(name, 0777); }
OVL_INLINE char *_getcwd(char *to, int room) { return getcwd(to, (size_t)room); }
int _chdir(const char *name) OVL_LIBC(chdir);
int _rmdir(const char *name) OVL_LIBC(rmdir);
#if OVL_HAVE_CRT_FILES
int _wmkdir(const wchar_t *name) OVL_SYMBOL(_wmkdir);
int _wchdir(const wchar_t *name) OVL_SYMBOL(_wchdir);
int _wrmdir(const wchar_t *name) OVL_SYMBOL(_wrmdir);
wchar_t *_wgetcwd(wchar_t *to, int room) OVL_SYMBOL(_wgetcwd);
#endif
OVL_END

#endif
