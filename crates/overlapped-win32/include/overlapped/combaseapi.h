/* Of COM, its memory. */
#ifndef OVL_COMBASEAPI_H
#define OVL_COMBASEAPI_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI LPVOID WINAPI CoTaskMemAlloc(SIZE_T bytes) OVL_SYMBOL(CoTaskMemAlloc);
WINBASEAPI LPVOID WINAPI CoTaskMemRealloc(LPVOID memory, SIZE_T bytes) OVL_SYMBOL(CoTaskMemRealloc);
WINBASEAPI VOID WINAPI CoTaskMemFree(LPVOID memory) OVL_SYMBOL(CoTaskMemFree);
OVL_END

#endif
