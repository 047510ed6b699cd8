/* Fiber-local storage; fibers themselves are in winbase.h. */
#ifndef OVL_FIBERSAPI_H
#define OVL_FIBERSAPI_H
#include "minwindef.h"

#define FLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)
typedef VOID(WINAPI *PFLS_CALLBACK_FUNCTION)(PVOID value);

OVL_BEGIN
WINBASEAPI DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback) OVL_SYMBOL(FlsAlloc);
WINBASEAPI PVOID WINAPI FlsGetValue(DWORD index) OVL_SYMBOL(FlsGetValue);
WINBASEAPI BOOL WINAPI FlsSetValue(DWORD index, PVOID value) OVL_SYMBOL(FlsSetValue);
WINBASEAPI BOOL WINAPI FlsFree(DWORD index) OVL_SYMBOL(FlsFree);
WINBASEAPI BOOL WINAPI IsThreadAFiber(VOID) OVL_SYMBOL(IsThreadAFiber);
OVL_END

#endif
