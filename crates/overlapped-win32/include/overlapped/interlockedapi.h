/* Interlocked operations, compiled in place. They take any integer or pointer: `long` has 64 bits here and LONG has 32, and
 * programs use both. In C they are macros, so they have no address. */
#ifndef OVL_INTERLOCKEDAPI_H
#define OVL_INTERLOCKEDAPI_H
#include "ovl/types.h"

#ifdef __cplusplus
template <class T, class V> inline T ovl_atomic_add(T volatile *to, V value, int order) { return __atomic_add_fetch(to, (T)value, order); }
template <class T, class V> inline T ovl_atomic_exchange_add(T volatile *to, V value, int order) { return __atomic_fetch_add(to, (T)value, order); }
template <class T, class V> inline T ovl_atomic_or(T volatile *to, V value, int order) { return __atomic_fetch_or(to, (T)value, order); }
template <class T, class V> inline T ovl_atomic_and(T volatile *to, V value, int order) { return __atomic_fetch_and(to, (T)value, order); }
template <class T, class V> inline T ovl_atomic_xor(T volatile *to, V value, int order) { return __atomic_fetch_xor(to, (T)value, order); }
template <class T, class V> inline T ovl_atomic_exchange(T volatile *to, V value, int order) { return __atomic_exchange_n(to, (T)value, order); }
template <class T, class V, class C> inline T ovl_atomic_compare(T volatile *to, V value, C expected) {
    T seen = (T)expected;
    __atomic_compare_exchange_n(to, &seen, (T)value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return seen;
}
#endif
