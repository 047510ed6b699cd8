/* `unsigned long *` where a function takes LPDWORD. On Windows both have 32 bits; here long has 64, so the call goes through a
 * DWORD and the long gets its value afterwards. In C++ these are overloads (of int * too), in C11 a choice by _Generic; older C
 * has neither and gets the compiler's warning.
 *
 * In C++ the function without its overload is ovl_only::name too, for those who want its address.
 *
 *     OVL_OUT(result, name, (parameters, OVL_LONG out), out, (arguments, OVL_TAKEN))
 */
#ifndef OVL_OUTPARAMS_H
#define OVL_OUTPARAMS_H
#include "types.h"

/* The variable need not have a value yet: what it holds is kept if the function stores nothing. Behind this the compiler does not
 * know where the pointer leads, and warns of nothing. */
#define OVL_LAUNDER(pointer) __asm__("" : "+r"(pointer) : : "memory")

#if defined(__cplusplus)
extern "C++" template <class T, class R> struct ovl_if_long {};
extern "C++" template <class R> struct ovl_if_long<unsigned long, R> { typedef R type; };
extern "C++" template <class R> struct ovl_if_long<long, R> { typedef R type; };
extern "C++" template <class R> struct ovl_if_long<int, R> { typedef R type; };
extern "C++" template <class T> struct ovl_taken {
    T *to;
    DWORD value;
    explicit ovl_taken(T *out) : to(out), value(0) {
        OVL_LAUNDER(out);
        if (out) value = (DWORD)*out;
    }
    ~ovl_taken() { if (to) *to = (T)value; }
    operator LPDWORD() { return to ? &value : nullptr; }
};
#define OVL_LONG T *
#define OVL_TAKEN ovl_out
#define OVL_OUT(result, name, parameters, out, arguments) \
    extern "C++" { namespace ovl_only { using ::name; } } \
    extern "C++" template <class T> inline typename ovl_if_long<T, result>::type name parameters { ovl_taken<T> ovl_out(out); return name arguments; }
#elif __STDC_VERSION__ >= 201112L
#define OVL_LONG unsigned long *
#define OVL_TAKEN (out ? &ovl_value : 0)
#define OVL_OUT(result, name, parameters, out, arguments) \
    static __inline__ __attribute__((__unused__)) result ovl_long_##name parameters { \
        DWORD ovl_value; \
        result ovl_result; \
        OVL_LAUNDER(out); \
        ovl_value = out ? (DWORD)*out : 0; \
        ovl_result = name arguments; \
        if (out) *out = ovl_value; \
        return ovl_result; \
    }
#define OVL_CHOOSE(name, out) _Generic((out), unsigned long *: ovl_long_##name, long *: ovl_long_##name, default: name)
#else
#define OVL_OUT(result, name, parameters, out, arguments)
#endif

#endif
