/* libc's <errno.h>, with Microsoft's functions. */
#ifndef OVL_ERRNO_H
#define OVL_ERRNO_H
#pragma GCC system_header
#undef errno
#include_next <errno.h>
#include "ovl/crt.h"

/* A number, as every error is there: programs define EOPNOTSUPP anew, as the error of Winsock. */
#undef ENOTSUP
#define ENOTSUP 95
#ifndef STRUNCATE
#define STRUNCATE 80
#endif
OVL_INLINE errno_t _set_errno(int value) { return errno = value, 0; }
OVL_INLINE errno_t _get_errno(int *to) { return to ? (*to = errno, 0) : EINVAL; }

#endif
