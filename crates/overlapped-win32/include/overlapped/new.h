/* Of C++: <new>, and Microsoft's handler, which is asked to make room for so many bytes. */
#ifndef OVL_NEW_H
#define OVL_NEW_H
#include <stddef.h>
#include "ovl/base.h"
#ifdef __cplusplus
#include <new>
using std::new_handler;
using std::nothrow;
using std::nothrow_t;
using std::set_new_handler;

typedef int(__cdecl *_PNH)(size_t);
/* The handler of this source file's program; libstdc++ asks without a number of bytes. */
inline _PNH &ovl_new_handler() {
    static _PNH handler = nullptr;
    return handler;
}
inline void ovl_call_new_handler() {
    if (!ovl_new_handler() || !ovl_new_handler()(0)) throw std::bad_alloc();
}
inline _PNH _set_new_handler(_PNH handler) {
    _PNH before = ovl_new_handler();
    ovl_new_handler() = handler;
    std::set_new_handler(handler ? ovl_call_new_handler : nullptr);
    return before;
}
inline _PNH _query_new_handler() { return ovl_new_handler(); }
#endif
/* malloc does not ask a handler. */
OVL_INLINE int _set_new_mode(int mode) { return (void)mode, 0; }
OVL_INLINE int _query_new_mode(void) { return 0; }

#endif
