/* Intrinsics of Microsoft's compiler, as far as programs of this kind use them. */
#ifndef OVL_INTRIN_H
#define OVL_INTRIN_H
#include "interlockedapi.h"
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* Where the bit is told: a DWORD, or an `unsigned long`, which has 64 bits here. */
OVL_INLINE BYTE ovl_scanned(void *index, size_t bytes, unsigned long long mask, int bit) {
    if (mask && bytes == 8) *(unsigned long *)index = (unsigned long)bit;
    else if (mask) *(DWORD *)index = (DWORD)bit;
    return mask != 0;
}
OVL_INLINE BYTE ovl_scan_forward(void *index, size_t bytes, unsigned long long mask) {
    return ovl_scanned(index, bytes, mask, __builtin_ctzll(mask | (1ull << 63)));
}
OVL_INLINE BYTE ovl_scan_reverse(void *index, size_t bytes, unsigned long long mask) {
    return ovl_scanned(index, bytes, mask, 63 - __builtin_clzll(mask | 1));
}
#define _BitScanForward64(index, mask) ovl_scan_forward((index), sizeof(*(index)), (mask))
#define _BitScanReverse64(index, mask) ovl_scan_reverse((index), sizeof(*(index)), (mask))
#define _BitScanForward(index, mask) ovl_scan_forward((index), sizeof(*(index)), (DWORD)(mask))
#define _BitScanReverse(index, mask) ovl_scan_reverse((index), sizeof(*(index)), (DWORD)(mask))
#define BitScanForward _BitScanForward
#define BitScanReverse _BitScanReverse
#define BitScanForward64 _BitScanForward64
#define BitScanReverse64 _BitScanReverse64
#define __popcnt16(value) ((unsigned short)__builtin_popcount((unsigned short)(value)))
#define __popcnt(value) ((unsigned int)__builtin_popcount((unsigned int)(value)))
#define __popcnt64(value) ((unsigned long long)__builtin_popcountll((unsigned long long)(value)))
#ifndef __lzcnt
#define __lzcnt(value) ((unsigned int)((unsigned int)(value) ? __builtin_clz((unsigned int)(value)) : 32))
#endif
#ifndef __lzcnt64
#define __lzcnt64(value) ((unsigned long long)((unsigned long long)(value) ? __builtin_clzll((unsigned long long)(value)) : 64))
#endif
OVL_INLINE unsigned char _bittest(const void *bits, int bit) { return ((const DWORD *)bits)[bit >> 5] >> (bit & 31) & 1; }
OVL_INLINE unsigned long long ovl_multiply(unsigned long long a, unsigned long long b, unsigned long long *high) {
    __extension__ const unsigned __int128 product = (unsigned __int128)a * b;
    *high = (unsigned long long)(product >> 64);
    return (unsigned long long)product;
}
#define _umul128(a, b, high) ovl_multiply((a), (b), (high))
OVL_INLINE unsigned long long ovl_multiply_high(unsigned long long a, unsigned long long b) {
    ovl_multiply(a, b, &a);
    return a;
}
#define __umulh(a, b) ovl_multiply_high((a), (b))
#if defined(__x86_64__)
OVL_INLINE void ovl_cpuid(int *to, int leaf, int subleaf) {
    __asm__ __volatile__("cpuid" : "=a"(to[0]), "=b"(to[1]), "=c"(to[2]), "=d"(to[3]) : "a"(leaf), "c"(subleaf));
}
#undef __cpuid
#define __cpuid(to, leaf) ovl_cpuid((to), (leaf), 0)
#define __cpuidex(to, leaf, subleaf) ovl_cpuid((to), (leaf), (subleaf))
#endif
#define _ReturnAddress() __builtin_return_address(0)

#endif
