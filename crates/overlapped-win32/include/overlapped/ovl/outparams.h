/* `unsigned long *` where a function takes LPDWORD. On Windows both have 32 bits; here long has 64, so the call goes through a
 * DWORD and the long gets its value afterwards. In C++ these are overloads (of int * too), in C11 a choice by _Generic; older C
 * has neither and gets the compiler's warning. */
#ifndef OVL_OUTPARAMS_H
#define OVL_OUTPARAMS_H
#include "types.h"

#if defined(__cplusplus)
#define OVL_OUTPARAMS 1
template <class T> struct ovl_no_dword { typedef T type; };
template <> struct ovl_no_dword<DWORD> {};
template <> struct ovl_no_dword<void> {};
template <class T> struct ovl_taken {
    T *to;
    DWORD value;
    explicit ovl_taken(T *out) : to(out), value(out ? (DWORD)*out : 0) {}
    ~ovl_taken() { if (to) *to = (T)value; }
    operator LPDWORD() { return to ? &value : nullptr; }
};
#define OVL_LONG typename ovl_no_dword<T>::type *
#define OVL_TAKE(name) ovl_taken<T>(name)
#elif __STDC_VERSION__ >= 201112L
#define OVL_OUTPARAMS 1
#endif

#endif
