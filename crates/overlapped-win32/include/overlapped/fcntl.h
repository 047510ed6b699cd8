/* libc's <fcntl.h>. There is no text mode, so the flags for it are 0. */
#ifndef OVL_FCNTL_H
#define OVL_FCNTL_H
#pragma GCC system_header
#include "ovl/crt.h"
#include_next <fcntl.h>

#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT O_CREAT
#define _O_TRUNC O_TRUNC
#define _O_EXCL O_EXCL
#define _O_NOINHERIT O_CLOEXEC
#define _O_BINARY 0
#define _O_TEXT 0
#define _O_U16TEXT 0
#define _O_U8TEXT 0
#define _O_WTEXT 0
#define _O_RANDOM 0
#define _O_SEQUENTIAL 0
#define O_BINARY 0
#define O_TEXT 0

#endif
