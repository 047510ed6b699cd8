/* As libc's, but with an unsigned long long for 64 bits in C: Windows programs define these names themselves, as
 * unsigned __int64. libstdc++ is made for libc's. */
#pragma GCC system_header
#if defined(__cplusplus) || !defined(OVL_PRELUDE_H)
#include_next <bits/stdint-uintn.h>
#elif !defined(_BITS_STDINT_UINTN_H)
#define _BITS_STDINT_UINTN_H 1
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef unsigned long long uint64_t;
#endif
