/* The compiler's <stddef.h>, which libc asks for parts of again and again. Windows has pointers as integers in it. */
#pragma GCC system_header
#include_next <stddef.h>
#ifndef OVL_STDDEF_H
#define OVL_STDDEF_H
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
#define _INTPTR_T_DEFINED 1
#define _UINTPTR_T_DEFINED 1
#endif
