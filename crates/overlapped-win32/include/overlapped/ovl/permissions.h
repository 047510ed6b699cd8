/* What <io.h> and <direct.h> have in common with <sys/stat.h>, without its structure. */
#ifndef OVL_PERMISSIONS_H
#define OVL_PERMISSIONS_H
#pragma GCC system_header
#include "crt.h"

OVL_BEGIN
int _chmod(const char *name, int mode) OVL_SYMBOL(_chmod);
int _wchmod(const wchar_t *name, int mode) OVL_SYMBOL(_wchmod);
int _umask(int mode) OVL_LIBC(umask);
OVL_END

#pragma push_macro("chmod")
#pragma push_macro("mkdir")
#pragma push_macro("umask")
#undef chmod
#undef mkdir
#undef umask
OVL_BEGIN
int chmod(const char *name, int mode) OVL_SYMBOL(_chmod);
/* Permissions, which POSIX has for a second argument, are left to the umask. */
int mkdir(const char *name, ...) OVL_SYMBOL(_mkdir);
unsigned int umask(unsigned int mode) OVL_NOTHROW;
OVL_END
#pragma pop_macro("chmod")
#pragma pop_macro("mkdir")
#pragma pop_macro("umask")

OVL_INLINE int _umask_s(int mode, int *former) {
    if (!former) return 22;
    *former = _umask(mode);
    return 0;
}

#endif
