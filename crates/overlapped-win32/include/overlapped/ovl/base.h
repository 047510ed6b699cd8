/* What every header here needs. */
#ifndef OVL_BASE_H
#define OVL_BASE_H

#if defined(_SYS_SELECT_H) && !defined(OVL_PRELUDE_H)
#error "Compile with `ovl cc`, or with the flags that `ovl cc --print-flags` prints: libc's headers came first and do not agree with Windows."
#endif
#include "prelude.h"

/* The symbol of a function is ovl_ and its name, so nothing clashes with libc's socket, send, bind or select, and no macro
 * stands in the way of members with those names. */
#define OVL_SYMBOL(name) __asm__("ovl_" #name)
/* A function that libc has under another name. */
#define OVL_LIBC(name) __asm__(#name)

#ifdef __cplusplus
#define OVL_BEGIN extern "C" {
#define OVL_END }
#define OVL_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define OVL_NOTHROW noexcept
#else
#define OVL_BEGIN
#define OVL_END
#define OVL_STATIC_ASSERT(condition, text) __extension__ _Static_assert(condition, text)
#define OVL_NOTHROW
#endif

/* A function of ours that needs no symbol. */
#define OVL_INLINE static __inline__ __attribute__((__always_inline__, __unused__))

/* The layout that Windows gives a structure on 64-bit machines. */
#define OVL_SIZE(type, bytes) OVL_STATIC_ASSERT(sizeof(type) == (bytes), #type " must have " #bytes " bytes")

#endif

/* The A and W forms of a name. Decided each time: a program may define UNICODE between <stdio.h> and <windows.h>. */
#undef OVL_AW
#ifdef UNICODE
#define OVL_AW(name) name##W
#else
#define OVL_AW(name) name##A
#endif
