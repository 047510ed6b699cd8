/* As libc's, but with a long long for 64 bits in C: Windows programs define these names themselves, as
 * __int64. libstdc++ is made for libc's. */
#pragma GCC system_header
#if defined(__cplusplus) || !defined(OVL_PRELUDE_H)
#include_next <bits/stdint-intn.h>
#elif !defined(_BITS_STDINT_INTN_H)
#define _BITS_STDINT_INTN_H 1
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef long long int64_t;
#endif
