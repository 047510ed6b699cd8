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
#define _AddressOfReturnAddress() ((void *)((char *)__builtin_frame_address(0) + sizeof(void *)))
#define __nop() __asm__ __volatile__("nop")
#define __ud2() __builtin_trap()
#define __fastfail(code) ((void)(code), __builtin_trap())
#define __faststorefence() MemoryBarrier()
#define __emul(a, b) ((long long)(int)(a) * (int)(b))
#define __emulu(a, b) ((unsigned long long)(unsigned int)(a) * (unsigned int)(b))

/* Bits of DWORDs and of 64-bit words, told before they change. */
OVL_INLINE unsigned char ovl_bit(void *bits, int bit, int how) {
    DWORD *const word = (DWORD *)bits + (bit >> 5);
    const DWORD mask = 1u << (bit & 31);
    const unsigned char before = (*word & mask) != 0;
    *word = how == 0 ? *word & ~mask : how == 1 ? *word | mask : *word ^ mask;
    return before;
}
#define _bittestandreset(bits, bit) ovl_bit((bits), (bit), 0)
#define _bittestandset(bits, bit) ovl_bit((bits), (bit), 1)
#define _bittestandcomplement(bits, bit) ovl_bit((bits), (bit), 2)
#define _bittest64(bits, bit) _bittest((bits), (int)(bit))
#define _bittestandreset64(bits, bit) ovl_bit((bits), (int)(bit), 0)
#define _bittestandset64(bits, bit) ovl_bit((bits), (int)(bit), 1)
#define _bittestandcomplement64(bits, bit) ovl_bit((bits), (int)(bit), 2)
#define BitTest _bittest
#define BitTestAndSet _bittestandset
#define BitTestAndReset _bittestandreset
#define BitTestAndComplement _bittestandcomplement

/* Products and quotients of 128 bits, and shifts over two words. */
OVL_INLINE long long ovl_multiply_signed(long long a, long long b, long long *high) {
    __extension__ const __int128 product = (__int128)a * b;
    *high = (long long)(product >> 64);
    return (long long)product;
}
OVL_INLINE long long ovl_multiply_signed_high(long long a, long long b) {
    ovl_multiply_signed(a, b, &a);
    return a;
}
OVL_INLINE unsigned long long ovl_divide(unsigned long long high, unsigned long long low, unsigned long long by,
                                         unsigned long long *rest) {
    __extension__ const unsigned __int128 whole = (unsigned __int128)high << 64 | low;
    *rest = (unsigned long long)(whole % by);
    return (unsigned long long)(whole / by);
}
OVL_INLINE long long ovl_divide_signed(long long high, long long low, long long by, long long *rest) {
    __extension__ const __int128 whole = (__int128)((unsigned __int128)(unsigned long long)high << 64 | (unsigned long long)low);
    *rest = (long long)(whole % by);
    return (long long)(whole / by);
}
OVL_INLINE unsigned long long ovl_shift_left(unsigned long long low, unsigned long long high, unsigned char by) {
    return by & 63 ? high << (by & 63) | low >> (64 - (by & 63)) : high;
}
OVL_INLINE unsigned long long ovl_shift_right(unsigned long long low, unsigned long long high, unsigned char by) {
    return by & 63 ? low >> (by & 63) | high << (64 - (by & 63)) : low;
}
#define _mul128(a, b, high) ovl_multiply_signed((a), (b), (high))
#define __mulh(a, b) ovl_multiply_signed_high((a), (b))
#define _udiv128(high, low, by, rest) ovl_divide((high), (low), (by), (rest))
#define _div128(high, low, by, rest) ovl_divide_signed((high), (low), (by), (rest))
#define __shiftleft128(low, high, by) ovl_shift_left((low), (high), (by))
#define __shiftright128(low, high, by) ovl_shift_right((low), (high), (by))
#define UnsignedMultiply128 _umul128
#define Multiply128 _mul128
#define UnsignedMultiplyHigh __umulh
#define MultiplyHigh __mulh
#define ShiftLeft128 __shiftleft128
#define ShiftRight128 __shiftright128
#define PopulationCount64 __popcnt64

/* Memory, in bytes and words of 2, 4 and 8. */
#define OVL_STORE_WORDS(name, type) \
    OVL_INLINE void name(type *to, type value, size_t count) { \
        while (count--) *to++ = value; \
    }
#define OVL_MOVE_WORDS(name, type) \
    OVL_INLINE void name(type *to, const type *from, size_t count) { \
        while (count--) *to++ = *from++; \
    }
OVL_STORE_WORDS(ovl_stosb, unsigned char)
OVL_STORE_WORDS(ovl_stosw, unsigned short)
OVL_STORE_WORDS(ovl_stosq, unsigned long long)
OVL_MOVE_WORDS(ovl_movsb, unsigned char)
OVL_MOVE_WORDS(ovl_movsw, unsigned short)
OVL_MOVE_WORDS(ovl_movsq, unsigned long long)
#define __stosb ovl_stosb
#define __stosw ovl_stosw
#define __stosq ovl_stosq
#define __movsb ovl_movsb
#define __movsw ovl_movsw
#define __movsq ovl_movsq
#undef OVL_STORE_WORDS
#undef OVL_MOVE_WORDS

#endif
