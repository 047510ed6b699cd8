/* Searches in arrays. libc's own header has much else, under names that programs of Windows have for themselves. */
#ifndef OVL_SEARCH_H
#define OVL_SEARCH_H
#pragma GCC system_header
#include <stdlib.h>
#include <string.h>

OVL_BEGIN
/* From the first on; NULL if there is none that is equal. */
OVL_INLINE void *_lfind(const void *key, const void *base, unsigned int *count, unsigned int size,
                        int(__cdecl *compare)(const void *, const void *)) {
    const char *at = (const char *)base;
    unsigned int left;
    for (left = *count; left; left--, at += size)
        if (!compare(key, at)) return (void *)(size_t)at;
    return 0;
}
/* The same, and adds the key at the end, where there is room, if there is none. */
OVL_INLINE void *_lsearch(const void *key, void *base, unsigned int *count, unsigned int size,
                          int(__cdecl *compare)(const void *, const void *)) {
    void *found = _lfind(key, base, count, size, compare);
    return found ? found : memcpy((char *)base + (size_t)(*count)++ * size, key, size);
}
OVL_INLINE void *_lfind_s(const void *key, const void *base, unsigned int *count, size_t size, ovl_compare_with *compare, void *context) {
    const char *at = (const char *)base;
    unsigned int left;
    if (!key || !count || !compare || !size || (!base && *count)) return 0;
    for (left = *count; left; left--, at += size)
        if (!compare(context, key, at)) return (void *)(size_t)at;
    return 0;
}
OVL_INLINE void *_lsearch_s(const void *key, void *base, unsigned int *count, size_t size, ovl_compare_with *compare, void *context) {
    void *found = _lfind_s(key, base, count, size, compare, context);
    if (found || !key || !base || !count || !compare || !size) return found;
    return memcpy((char *)base + (size_t)(*count)++ * size, key, size);
}
OVL_END
#define lfind _lfind
#define lsearch _lsearch

#endif
