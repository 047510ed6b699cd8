/* libc's <malloc.h>, with Microsoft's functions. */
#ifndef OVL_MALLOC_H
#define OVL_MALLOC_H
#pragma GCC system_header
#include "ovl/crt.h"
#pragma push_macro("OVL_WITHOUT_POSIX")
#undef OVL_WITHOUT_POSIX
#define OVL_WITHOUT_POSIX
#include_next <malloc.h>
#pragma pop_macro("OVL_WITHOUT_POSIX")

#undef _alloca
#undef alloca
#define alloca(bytes) __builtin_alloca(bytes)
#define _alloca(bytes) __builtin_alloca(bytes)
#define _malloca(bytes) malloc(bytes)
#define _freea(memory) free(memory)

OVL_BEGIN
size_t _msize(void *memory) OVL_LIBC(malloc_usable_size);
void *_aligned_malloc(size_t bytes, size_t alignment) OVL_SYMBOL(_aligned_malloc);
void *_aligned_realloc(void *memory, size_t bytes, size_t alignment) OVL_SYMBOL(_aligned_realloc);
void _aligned_free(void *memory) OVL_SYMBOL(_aligned_free);
void *_recalloc(void *memory, size_t count, size_t bytes) OVL_SYMBOL(_recalloc);
OVL_INLINE size_t _aligned_msize(void *memory, size_t alignment, size_t offset) {
    return (void)alignment, (void)offset, _msize(memory);
}
/* libc looks after its heap itself. */
#define _HEAPEMPTY (-1)
#define _HEAPOK (-2)
#define _HEAPBADBEGIN (-3)
#define _HEAPBADNODE (-4)
#define _HEAPEND (-5)
#define _HEAPBADPTR (-6)
OVL_INLINE int _heapchk(void) { return _HEAPOK; }
int ovl_trim(size_t left) OVL_LIBC(malloc_trim);
OVL_INLINE int _heapmin(void) { return (void)ovl_trim(0), 0; }
int _resetstkoflw(void) OVL_SYMBOL(_resetstkoflw);
void *_expand(void *memory, size_t bytes) OVL_SYMBOL(_expand);
OVL_END

#endif
