/* Interlocked operations, compiled in place. They take any integer or pointer: `long` has 64 bits here and LONG has 32, and
 * programs use both. All are full barriers, also those that need not be. */
#ifndef OVL_INTERLOCKEDAPI_H
#define OVL_INTERLOCKEDAPI_H
#include "ovl/types.h"

#ifdef __cplusplus
#define OVL_ATOMIC(name, builtin) \
    extern "C++" template <class T, class V> inline T name(T volatile *to, V value) { return builtin(to, (T)value, __ATOMIC_SEQ_CST); }
OVL_ATOMIC(ovl_atomic_add, __atomic_add_fetch)
OVL_ATOMIC(ovl_atomic_fetch_add, __atomic_fetch_add)
OVL_ATOMIC(ovl_atomic_fetch_or, __atomic_fetch_or)
OVL_ATOMIC(ovl_atomic_fetch_and, __atomic_fetch_and)
OVL_ATOMIC(ovl_atomic_fetch_xor, __atomic_fetch_xor)
OVL_ATOMIC(ovl_atomic_exchange, __atomic_exchange_n)
#undef OVL_ATOMIC
extern "C++" template <class T, class V, class C> inline T ovl_atomic_compare(T volatile *to, V value, C expected) {
    return __sync_val_compare_and_swap(to, (T)expected, (T)value);
}
#else
#define ovl_atomic_add(to, value) __atomic_add_fetch((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_fetch_add(to, value) __atomic_fetch_add((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_fetch_or(to, value) __atomic_fetch_or((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_fetch_and(to, value) __atomic_fetch_and((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_fetch_xor(to, value) __atomic_fetch_xor((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_exchange(to, value) __atomic_exchange_n((to), (value), __ATOMIC_SEQ_CST)
#define ovl_atomic_compare(to, value, expected) __sync_val_compare_and_swap((to), (expected), (value))
#endif

/* Pointers. In C any pointer goes for a place of one, `void *` too; in C++ only a typed one does. */
#ifdef __cplusplus
#define OVL_EXCHANGE_POINTER(to, value) ovl_atomic_exchange(to, value)
#define OVL_COMPARE_POINTER(to, value, expected) ovl_atomic_compare(to, value, expected)
#else
typedef void *__attribute__((__may_alias__)) ovl_any_pointer;
#define OVL_PLACE_OF_POINTER(to) ((ovl_any_pointer volatile *)(size_t)(to))
#define OVL_EXCHANGE_POINTER(to, value) \
    ((void *)__atomic_exchange_n(OVL_PLACE_OF_POINTER(to), (void *)(size_t)(value), __ATOMIC_SEQ_CST))
#define OVL_COMPARE_POINTER(to, value, expected) \
    ((void *)__sync_val_compare_and_swap(OVL_PLACE_OF_POINTER(to), (void *)(size_t)(expected), (void *)(size_t)(value)))
#endif

/* A pointer to `long` is one to a `long`, or a cast that means LONG: InterlockedIncrement((long *)&count), where the count has 32 bits. An
 * operation of 64 would reach beyond that, so a cast is taken at its word; a `long` behind it has its lower half changed. */
#define OVL_IS_FOUR(to, text) \
    (__builtin_object_size((const void *)(to), 1) == 4 || __builtin_strstr(text, "*)") || __builtin_strstr(text, "_cast<"))
#ifdef __cplusplus
#define OVL_ON_LONG(long_type, four_type, name, builtin)                                                                 \
    extern "C++" template <class V> inline long_type name(bool four, long_type volatile *to, V value) {                               \
        return four ? (long_type)builtin((four_type volatile *)to, (four_type)value, __ATOMIC_SEQ_CST)                   \
                    : builtin(to, (long_type)value, __ATOMIC_SEQ_CST);                                                   \
    }
#define OVL_ON_LONGS(name, builtin)                                                                                      \
    extern "C++" template <class T, class V> inline T name(bool, T volatile *to, V value) {                                           \
        return builtin(to, (T)value, __ATOMIC_SEQ_CST);                                                                  \
    }                                                                                                                    \
    OVL_ON_LONG(long, int, name, builtin)                                                                                \
    OVL_ON_LONG(unsigned long, unsigned int, name, builtin)
OVL_ON_LONGS(ovl_long_add, __atomic_add_fetch)
OVL_ON_LONGS(ovl_long_fetch_add, __atomic_fetch_add)
OVL_ON_LONGS(ovl_long_fetch_or, __atomic_fetch_or)
OVL_ON_LONGS(ovl_long_fetch_and, __atomic_fetch_and)
OVL_ON_LONGS(ovl_long_fetch_xor, __atomic_fetch_xor)
OVL_ON_LONGS(ovl_long_exchange, __atomic_exchange_n)
#undef OVL_ON_LONGS
#undef OVL_ON_LONG
extern "C++" template <class T, class V, class C> inline T ovl_long_compare(bool, T volatile *to, V value, C expected) {
    return __sync_val_compare_and_swap(to, (T)expected, (T)value);
}
extern "C++" template <class V, class C> inline long ovl_long_compare(bool four, long volatile *to, V value, C expected) {
    return four ? (long)__sync_val_compare_and_swap((int volatile *)to, (int)expected, (int)value)
                : __sync_val_compare_and_swap(to, (long)expected, (long)value);
}
extern "C++" template <class V, class C> inline unsigned long ovl_long_compare(bool four, unsigned long volatile *to, V value, C expected) {
    return four ? (unsigned long)__sync_val_compare_and_swap((unsigned volatile *)to, (unsigned)expected, (unsigned)value)
                : __sync_val_compare_and_swap(to, (unsigned long)expected, (unsigned long)value);
}
#define OVL_LOCKED(name, to, value) ovl_long_##name(OVL_IS_FOUR(to, #to), to, value)
#define OVL_LOCKED_COMPARE(to, value, expected) ovl_long_compare(OVL_IS_FOUR(to, #to), to, value, expected)
#else
#define OVL_POINTS_TO(to, type)                                          \
    (__builtin_types_compatible_p(__typeof__((to) + 0), type *) || \
     __builtin_types_compatible_p(__typeof__((to) + 0), type volatile *))
/* The same pointer, of which clang does not know that it points to 4 bytes: the operation that is not done would be one of libatomic. */
#define OVL_UNALIGNED(to) ((__typeof__((to) + 0))(__UINTPTR_TYPE__)(to))
#define OVL_ON_LONG(to, text, four, any)                                                        \
    __builtin_choose_expr(OVL_POINTS_TO(to, long) || OVL_POINTS_TO(to, unsigned long), \
                          OVL_IS_FOUR(to, text) ? (long)(four) : (long)(any), any)
#define OVL_LOCKED(name, to, value) \
    OVL_ON_LONG(to, #to, ovl_atomic_##name((int volatile *)(to), (int)(__INTPTR_TYPE__)(value)), \
                ovl_atomic_##name(OVL_UNALIGNED(to), value))
#define OVL_LOCKED_COMPARE(to, value, expected)                                                                            \
    OVL_ON_LONG(to, #to,                                                                                                 \
                ovl_atomic_compare((int volatile *)(to), (int)(__INTPTR_TYPE__)(value), (int)(__INTPTR_TYPE__)(expected)), \
                ovl_atomic_compare(OVL_UNALIGNED(to), value, expected))
#endif

/* For who takes their addresses, or writes the name in parentheses. */
OVL_INLINE LONG InterlockedIncrement(LONG volatile *to) { return ovl_atomic_add(to, 1); }
OVL_INLINE LONG InterlockedDecrement(LONG volatile *to) { return ovl_atomic_add(to, -1); }
OVL_INLINE LONG InterlockedExchange(LONG volatile *to, LONG value) { return ovl_atomic_exchange(to, value); }
OVL_INLINE LONG InterlockedExchangeAdd(LONG volatile *to, LONG value) { return ovl_atomic_fetch_add(to, value); }
OVL_INLINE LONG InterlockedCompareExchange(LONG volatile *to, LONG value, LONG expected) {
    return ovl_atomic_compare(to, value, expected);
}

#define InterlockedIncrement(to) OVL_LOCKED(add, to, 1)
#define InterlockedIncrement16(to) ovl_atomic_add(to, 1)
#define InterlockedIncrement64(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementSizeT(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementAcquire(to) OVL_LOCKED(add, to, 1)
#define InterlockedIncrementRelease(to) OVL_LOCKED(add, to, 1)
#define InterlockedIncrementNoFence(to) OVL_LOCKED(add, to, 1)
#define InterlockedIncrementAcquire64(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementRelease64(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementNoFence64(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementAcquire16(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementRelease16(to) ovl_atomic_add(to, 1)
#define InterlockedIncrementNoFence16(to) ovl_atomic_add(to, 1)

#define InterlockedDecrement(to) OVL_LOCKED(add, to, -1)
#define InterlockedDecrement16(to) ovl_atomic_add(to, -1)
#define InterlockedDecrement64(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementSizeT(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementAcquire(to) OVL_LOCKED(add, to, -1)
#define InterlockedDecrementRelease(to) OVL_LOCKED(add, to, -1)
#define InterlockedDecrementNoFence(to) OVL_LOCKED(add, to, -1)
#define InterlockedDecrementAcquire64(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementRelease64(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementNoFence64(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementAcquire16(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementRelease16(to) ovl_atomic_add(to, -1)
#define InterlockedDecrementNoFence16(to) ovl_atomic_add(to, -1)

#define InterlockedAdd(to, value) OVL_LOCKED(add, to, value)
#define InterlockedAdd64(to, value) ovl_atomic_add(to, value)
#define InterlockedAddAcquire(to, value) OVL_LOCKED(add, to, value)
#define InterlockedAddRelease(to, value) OVL_LOCKED(add, to, value)
#define InterlockedAddNoFence(to, value) OVL_LOCKED(add, to, value)
#define InterlockedAddAcquire64(to, value) ovl_atomic_add(to, value)
#define InterlockedAddRelease64(to, value) ovl_atomic_add(to, value)
#define InterlockedAddNoFence64(to, value) ovl_atomic_add(to, value)

#define InterlockedExchangeAdd(to, value) OVL_LOCKED(fetch_add, to, value)
#define InterlockedExchangeAdd64(to, value) ovl_atomic_fetch_add(to, value)
#define InterlockedExchangeAddSizeT(to, value) ovl_atomic_fetch_add(to, value)
#define InterlockedExchangeAddAcquire(to, value) OVL_LOCKED(fetch_add, to, value)
#define InterlockedExchangeAddRelease(to, value) OVL_LOCKED(fetch_add, to, value)
#define InterlockedExchangeAddNoFence(to, value) OVL_LOCKED(fetch_add, to, value)
#define InterlockedExchangeAddAcquire64(to, value) ovl_atomic_fetch_add(to, value)
#define InterlockedExchangeAddRelease64(to, value) ovl_atomic_fetch_add(to, value)
#define InterlockedExchangeAddNoFence64(to, value) ovl_atomic_fetch_add(to, value)

#define InterlockedExchange(to, value) OVL_LOCKED(exchange, to, value)
#define InterlockedExchange8(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchange16(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchange64(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchangePointer(to, value) OVL_EXCHANGE_POINTER(to, value)
#define InterlockedExchangeAcquire(to, value) OVL_LOCKED(exchange, to, value)
#define InterlockedExchangeRelease(to, value) OVL_LOCKED(exchange, to, value)
#define InterlockedExchangeNoFence(to, value) OVL_LOCKED(exchange, to, value)
#define InterlockedExchangeAcquire64(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchangeRelease64(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchangeNoFence64(to, value) ovl_atomic_exchange(to, value)
#define InterlockedExchangePointerAcquire(to, value) OVL_EXCHANGE_POINTER(to, value)
#define InterlockedExchangePointerRelease(to, value) OVL_EXCHANGE_POINTER(to, value)
#define InterlockedExchangePointerNoFence(to, value) OVL_EXCHANGE_POINTER(to, value)

#define InterlockedCompareExchange(to, value, expected) OVL_LOCKED_COMPARE(to, value, expected)
#define InterlockedCompareExchange16(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchange64(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangePointer(to, value, expected) OVL_COMPARE_POINTER(to, value, expected)
#define InterlockedCompareExchangeAcquire(to, value, expected) OVL_LOCKED_COMPARE(to, value, expected)
#define InterlockedCompareExchangeRelease(to, value, expected) OVL_LOCKED_COMPARE(to, value, expected)
#define InterlockedCompareExchangeNoFence(to, value, expected) OVL_LOCKED_COMPARE(to, value, expected)
#define InterlockedCompareExchangeAcquire64(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangeRelease64(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangeNoFence64(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangeAcquire16(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangeRelease16(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangeNoFence16(to, value, expected) ovl_atomic_compare(to, value, expected)
#define InterlockedCompareExchangePointerAcquire(to, value, expected) OVL_COMPARE_POINTER(to, value, expected)
#define InterlockedCompareExchangePointerRelease(to, value, expected) OVL_COMPARE_POINTER(to, value, expected)
#define InterlockedCompareExchangePointerNoFence(to, value, expected) OVL_COMPARE_POINTER(to, value, expected)

#define InterlockedOr(to, value) OVL_LOCKED(fetch_or, to, value)
#define InterlockedOr8(to, value) ovl_atomic_fetch_or(to, value)
#define InterlockedOr16(to, value) ovl_atomic_fetch_or(to, value)
#define InterlockedOr64(to, value) ovl_atomic_fetch_or(to, value)
#define InterlockedOrAcquire(to, value) OVL_LOCKED(fetch_or, to, value)
#define InterlockedOrRelease(to, value) OVL_LOCKED(fetch_or, to, value)
#define InterlockedOrNoFence(to, value) OVL_LOCKED(fetch_or, to, value)
#define InterlockedOr64Acquire(to, value) ovl_atomic_fetch_or(to, value)
#define InterlockedOr64Release(to, value) ovl_atomic_fetch_or(to, value)
#define InterlockedOr64NoFence(to, value) ovl_atomic_fetch_or(to, value)

#define InterlockedAnd(to, value) OVL_LOCKED(fetch_and, to, value)
#define InterlockedAnd8(to, value) ovl_atomic_fetch_and(to, value)
#define InterlockedAnd16(to, value) ovl_atomic_fetch_and(to, value)
#define InterlockedAnd64(to, value) ovl_atomic_fetch_and(to, value)
#define InterlockedAndAcquire(to, value) OVL_LOCKED(fetch_and, to, value)
#define InterlockedAndRelease(to, value) OVL_LOCKED(fetch_and, to, value)
#define InterlockedAndNoFence(to, value) OVL_LOCKED(fetch_and, to, value)
#define InterlockedAnd64Acquire(to, value) ovl_atomic_fetch_and(to, value)
#define InterlockedAnd64Release(to, value) ovl_atomic_fetch_and(to, value)
#define InterlockedAnd64NoFence(to, value) ovl_atomic_fetch_and(to, value)

#define InterlockedXor(to, value) OVL_LOCKED(fetch_xor, to, value)
#define InterlockedXor8(to, value) ovl_atomic_fetch_xor(to, value)
#define InterlockedXor16(to, value) ovl_atomic_fetch_xor(to, value)
#define InterlockedXor64(to, value) ovl_atomic_fetch_xor(to, value)
#define InterlockedXorAcquire(to, value) OVL_LOCKED(fetch_xor, to, value)
#define InterlockedXorRelease(to, value) OVL_LOCKED(fetch_xor, to, value)
#define InterlockedXorNoFence(to, value) OVL_LOCKED(fetch_xor, to, value)
#define InterlockedXor64Acquire(to, value) ovl_atomic_fetch_xor(to, value)
#define InterlockedXor64Release(to, value) ovl_atomic_fetch_xor(to, value)
#define InterlockedXor64NoFence(to, value) ovl_atomic_fetch_xor(to, value)

/* The compiler intrinsics under them (intrin.h). */
#define _InterlockedIncrement(to) OVL_LOCKED(add, to, 1)
#define _InterlockedIncrement16(to) ovl_atomic_add(to, 1)
#define _InterlockedIncrement64(to) ovl_atomic_add(to, 1)
#define _InterlockedDecrement(to) OVL_LOCKED(add, to, -1)
#define _InterlockedDecrement16(to) ovl_atomic_add(to, -1)
#define _InterlockedDecrement64(to) ovl_atomic_add(to, -1)
#define _InterlockedAdd(to, value) OVL_LOCKED(add, to, value)
#define _InterlockedAdd64(to, value) ovl_atomic_add(to, value)
#define _InterlockedExchangeAdd(to, value) OVL_LOCKED(fetch_add, to, value)
#define _InterlockedExchangeAdd64(to, value) ovl_atomic_fetch_add(to, value)
#define _InterlockedExchange(to, value) OVL_LOCKED(exchange, to, value)
#define _InterlockedExchange8(to, value) ovl_atomic_exchange(to, value)
#define _InterlockedExchange16(to, value) ovl_atomic_exchange(to, value)
#define _InterlockedExchange64(to, value) ovl_atomic_exchange(to, value)
#define _InterlockedExchangePointer(to, value) OVL_EXCHANGE_POINTER(to, value)
#define _InterlockedCompareExchange(to, value, expected) OVL_LOCKED_COMPARE(to, value, expected)
#define _InterlockedCompareExchange16(to, value, expected) ovl_atomic_compare(to, value, expected)
#define _InterlockedCompareExchange64(to, value, expected) ovl_atomic_compare(to, value, expected)
#define _InterlockedCompareExchangePointer(to, value, expected) OVL_COMPARE_POINTER(to, value, expected)
#define _InterlockedOr(to, value) OVL_LOCKED(fetch_or, to, value)
#define _InterlockedOr8(to, value) ovl_atomic_fetch_or(to, value)
#define _InterlockedOr16(to, value) ovl_atomic_fetch_or(to, value)
#define _InterlockedOr64(to, value) ovl_atomic_fetch_or(to, value)
#define _InterlockedAnd(to, value) OVL_LOCKED(fetch_and, to, value)
#define _InterlockedAnd8(to, value) ovl_atomic_fetch_and(to, value)
#define _InterlockedAnd16(to, value) ovl_atomic_fetch_and(to, value)
#define _InterlockedAnd64(to, value) ovl_atomic_fetch_and(to, value)
#define _InterlockedXor(to, value) OVL_LOCKED(fetch_xor, to, value)
#define _InterlockedXor8(to, value) ovl_atomic_fetch_xor(to, value)
#define _InterlockedXor16(to, value) ovl_atomic_fetch_xor(to, value)
#define _InterlockedXor64(to, value) ovl_atomic_fetch_xor(to, value)

#define InterlockedBitTestAndSet(to, bit) ((BYTE)(OVL_LOCKED(fetch_or, to, 1 << ((bit) & 31)) >> ((bit) & 31) & 1))
#define InterlockedBitTestAndReset(to, bit) ((BYTE)(OVL_LOCKED(fetch_and, to, ~(1 << ((bit) & 31))) >> ((bit) & 31) & 1))
#define InterlockedBitTestAndComplement(to, bit) ((BYTE)(OVL_LOCKED(fetch_xor, to, 1 << ((bit) & 31)) >> ((bit) & 31) & 1))
#define InterlockedBitTestAndSet64(to, bit) ((BYTE)(ovl_atomic_fetch_or(to, 1LL << ((bit) & 63)) >> ((bit) & 63) & 1))
#define InterlockedBitTestAndReset64(to, bit) ((BYTE)(ovl_atomic_fetch_and(to, ~(1LL << ((bit) & 63))) >> ((bit) & 63) & 1))
#define InterlockedBitTestAndComplement64(to, bit) ((BYTE)(ovl_atomic_fetch_xor(to, 1LL << ((bit) & 63)) >> ((bit) & 63) & 1))
#define InterlockedBitTestAndSetAcquire(to, bit) InterlockedBitTestAndSet(to, bit)
#define InterlockedBitTestAndSetRelease(to, bit) InterlockedBitTestAndSet(to, bit)
#define InterlockedBitTestAndSetNoFence(to, bit) InterlockedBitTestAndSet(to, bit)
#define InterlockedBitTestAndResetAcquire(to, bit) InterlockedBitTestAndReset(to, bit)
#define InterlockedBitTestAndResetRelease(to, bit) InterlockedBitTestAndReset(to, bit)
#define InterlockedBitTestAndResetNoFence(to, bit) InterlockedBitTestAndReset(to, bit)
#define _interlockedbittestandset(to, bit) InterlockedBitTestAndSet(to, bit)
#define _interlockedbittestandreset(to, bit) InterlockedBitTestAndReset(to, bit)
#define _interlockedbittestandset64(to, bit) InterlockedBitTestAndSet64(to, bit)
#define _interlockedbittestandreset64(to, bit) InterlockedBitTestAndReset64(to, bit)

/* Two words at once, aligned to 16 bytes: 1 if they were what `expected` has, which is told what they were otherwise. */
OVL_INLINE BYTE ovl_atomic_compare_two(LONG64 volatile *to, LONG64 high, LONG64 low, LONG64 *expected) {
#if defined(__x86_64__)
    BYTE same;
    __asm__ __volatile__("lock cmpxchg16b %1\n\tsete %0"
                         : "=q"(same), "+m"(*(LONG64 volatile(*)[2])to), "+a"(expected[0]), "+d"(expected[1])
                         : "b"(low), "c"(high)
                         : "cc", "memory");
    return same;
#else
    LONG64 first, second;
    int failed;
    do {
        __asm__ __volatile__("ldaxp %0, %1, [%2]" : "=&r"(first), "=&r"(second) : "r"(to) : "memory");
        if (first != expected[0] || second != expected[1]) {
            __asm__ __volatile__("clrex" ::: "memory");
            expected[0] = first;
            expected[1] = second;
            return 0;
        }
        __asm__ __volatile__("stlxp %w0, %1, %2, [%3]" : "=&r"(failed) : "r"(low), "r"(high), "r"(to) : "memory");
    } while (failed);
    return 1;
#endif
}
#define InterlockedCompareExchange128(to, high, low, expected) ovl_atomic_compare_two(to, high, low, expected)
#define _InterlockedCompareExchange128(to, high, low, expected) ovl_atomic_compare_two(to, high, low, expected)

#define _InterlockedExchangeAdd8(to, value) ovl_atomic_fetch_add(to, value)
#define _InterlockedExchangeAdd16(to, value) ovl_atomic_fetch_add(to, value)

/* Loads and stores with an order, of any width. */
#define ReadAcquire(from) __atomic_load_n((from), __ATOMIC_ACQUIRE)
#define ReadNoFence(from) __atomic_load_n((from), __ATOMIC_RELAXED)
#define WriteRelease(to, value) __atomic_store_n((to), (value), __ATOMIC_RELEASE)
#define WriteNoFence(to, value) __atomic_store_n((to), (value), __ATOMIC_RELAXED)
#define ReadAcquire8 ReadAcquire
#define ReadAcquire16 ReadAcquire
#define ReadAcquire64 ReadAcquire
#define ReadULongAcquire ReadAcquire
#define ReadULong64Acquire ReadAcquire
#define ReadPointerAcquire ReadAcquire
#define ReadNoFence64 ReadNoFence
#define ReadULongNoFence ReadNoFence
#define ReadULong64NoFence ReadNoFence
#define ReadPointerNoFence ReadNoFence
#define WriteRelease8 WriteRelease
#define WriteRelease16 WriteRelease
#define WriteRelease64 WriteRelease
#define WriteULongRelease WriteRelease
#define WriteULong64Release WriteRelease
#define WritePointerRelease(to, value) WriteRelease((to), (void *)(value))
#define WriteNoFence64 WriteNoFence
#define WriteULongNoFence WriteNoFence
#define WriteULong64NoFence WriteNoFence
#define WritePointerNoFence(to, value) WriteNoFence((to), (void *)(value))

#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define _ReadWriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadBarrier() __atomic_signal_fence(__ATOMIC_ACQUIRE)
#define _WriteBarrier() __atomic_signal_fence(__ATOMIC_RELEASE)
#if defined(__x86_64__)
#define YieldProcessor() __builtin_ia32_pause()
#else
#define YieldProcessor() __asm__ __volatile__("yield")
#endif

/* Lists that need no lock of the caller's: here a lock of one bit and a pointer, in the two words that Windows gives the header. */
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;
typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    __extension__ struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    };
    struct {
        WORD busy;
        WORD depth;
        DWORD reserved;
        PSLIST_ENTRY first;
    } ovl;
} SLIST_HEADER, *PSLIST_HEADER;
OVL_SIZE(SLIST_ENTRY, 16);
OVL_SIZE(SLIST_HEADER, 16);

OVL_INLINE void ovl_slist_lock(PSLIST_HEADER list) {
    while (__atomic_test_and_set(&list->ovl.busy, __ATOMIC_ACQUIRE)) YieldProcessor();
}

OVL_INLINE PSLIST_ENTRY ovl_slist_unlock(PSLIST_HEADER list, PSLIST_ENTRY answer) {
    __atomic_clear(&list->ovl.busy, __ATOMIC_RELEASE);
    return answer;
}

OVL_INLINE void InitializeSListHead(PSLIST_HEADER list) {
    list->Alignment = 0;
    list->Region = 0;
}

OVL_INLINE PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER list, PSLIST_ENTRY entry) {
    PSLIST_ENTRY before;
    ovl_slist_lock(list);
    before = list->ovl.first;
    entry->Next = before;
    list->ovl.first = entry;
    list->ovl.depth++;
    return ovl_slist_unlock(list, before);
}

OVL_INLINE PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER list) {
    PSLIST_ENTRY taken;
    ovl_slist_lock(list);
    taken = list->ovl.first;
    if (taken) {
        list->ovl.first = taken->Next;
        list->ovl.depth--;
    }
    return ovl_slist_unlock(list, taken);
}

OVL_INLINE PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER list) {
    PSLIST_ENTRY taken;
    ovl_slist_lock(list);
    taken = list->ovl.first;
    list->ovl.first = NULL;
    list->ovl.depth = 0;
    return ovl_slist_unlock(list, taken);
}

OVL_INLINE PSLIST_ENTRY InterlockedPushListSListEx(PSLIST_HEADER list, PSLIST_ENTRY first, PSLIST_ENTRY last, DWORD count) {
    PSLIST_ENTRY before;
    ovl_slist_lock(list);
    before = list->ovl.first;
    last->Next = before;
    list->ovl.first = first;
    list->ovl.depth = (WORD)(list->ovl.depth + count);
    return ovl_slist_unlock(list, before);
}

#define RtlFirstEntrySList(list) ((list)->ovl.first)
#define QueryDepthSList(list) ((list)->ovl.depth)

#endif
