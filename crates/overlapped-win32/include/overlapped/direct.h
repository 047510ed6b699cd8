/* Directories of the C library. */
#ifndef OVL_DIRECT_H
#define OVL_DIRECT_H
#include "ovl/crt.h"

OVL_BEGIN
int _mkdir(const char *name) OVL_SYMBOL(_mkdir);
int _chdir(const char *name) OVL_SYMBOL(_chdir);
int _rmdir(const char *name) OVL_SYMBOL(_rmdir);
char *_getcwd(char *to, int room) OVL_SYMBOL(_getcwd);
char *_getdcwd(int drive, char *to, int room) OVL_SYMBOL(_getdcwd);
wchar_t *_wgetdcwd(int drive, wchar_t *to, int room) OVL_SYMBOL(_wgetdcwd);
int _wmkdir(const wchar_t *name) OVL_SYMBOL(_wmkdir);
int _wchdir(const wchar_t *name) OVL_SYMBOL(_wchdir);
int _wrmdir(const wchar_t *name) OVL_SYMBOL(_wrmdir);
wchar_t *_wgetcwd(wchar_t *to, int room) OVL_SYMBOL(_wgetcwd);
int _getdrive(void) OVL_SYMBOL(_getdrive);
int _chdrive(int drive) OVL_SYMBOL(_chdrive);
OVL_END

/* chdir, getcwd, mkdir and rmdir are declared here too in Windows. */
#include <sys/stat.h>
#define OVL_WITHOUT_POSIX
#include <unistd.h>
#undef OVL_WITHOUT_POSIX

#endif
