/* Intrinsics of Microsoft's compiler, as far as programs of this kind use them. */
#ifndef OVL_INTRIN_H
#define OVL_INTRIN_H
#include "interlockedapi.h"
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

OVL_INLINE BYTE ovl_scan_forward(DWORD *index, DWORD mask) {
    if (mask) *index = (DWORD)__builtin_ctz(mask);
    return mask != 0;
}
OVL_INLINE BYTE ovl_scan_reverse(DWORD *index, DWORD mask) {
    if (mask) *index = 31u - (DWORD)__builtin_clz(mask);
    return mask != 0;
}
OVL_INLINE BYTE ovl_scan_forward64(DWORD *index, unsigned long long mask) {
    if (mask) *index = (DWORD)__builtin_ctzll(mask);
    return mask != 0;
}
OVL_INLINE BYTE ovl_scan_reverse64(DWORD *index, unsigned long long mask) {
    if (mask) *index = 63u - (DWORD)__builtin_clzll(mask);
    return mask != 0;
}
#define _BitScanForward64 ovl_scan_forward64
#define _BitScanReverse64 ovl_scan_reverse64
#define _BitScanForward ovl_scan_forward
#define _BitScanReverse ovl_scan_reverse
#define _ReturnAddress() __builtin_return_address(0)

#endif
