/* The last error. */
#ifndef OVL_ERRHANDLINGAPI_H
#define OVL_ERRHANDLINGAPI_H
#include "minwindef.h"

typedef LONG(WINAPI *PTOP_LEVEL_EXCEPTION_FILTER)(struct _EXCEPTION_POINTERS *exception);
typedef PTOP_LEVEL_EXCEPTION_FILTER LPTOP_LEVEL_EXCEPTION_FILTER;

OVL_BEGIN
WINBASEAPI DWORD WINAPI GetLastError(VOID) OVL_SYMBOL(GetLastError);
WINBASEAPI VOID WINAPI SetLastError(DWORD code) OVL_SYMBOL(SetLastError);
WINBASEAPI UINT WINAPI SetErrorMode(UINT mode) OVL_SYMBOL(SetErrorMode);
WINBASEAPI UINT WINAPI GetErrorMode(VOID) OVL_SYMBOL(GetErrorMode);
WINBASEAPI BOOL WINAPI SetThreadErrorMode(DWORD mode, LPDWORD before) OVL_SYMBOL(SetThreadErrorMode);
WINBASEAPI DWORD WINAPI GetThreadErrorMode(VOID) OVL_SYMBOL(GetThreadErrorMode);
/* What no __except of the thread handles goes to the filter of SetUnhandledExceptionFilter, and then the program ends. */
WINBASEAPI VOID WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *information)
    OVL_SYMBOL(RaiseException);
WINBASEAPI LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter)
    OVL_SYMBOL(SetUnhandledExceptionFilter);
WINBASEAPI LONG WINAPI UnhandledExceptionFilter(struct _EXCEPTION_POINTERS *exception) OVL_SYMBOL(UnhandledExceptionFilter);
WINBASEAPI PVOID WINAPI AddVectoredExceptionHandler(ULONG first, LONG(NTAPI *handler)(struct _EXCEPTION_POINTERS *))
    OVL_SYMBOL(AddVectoredExceptionHandler);
WINBASEAPI ULONG WINAPI RemoveVectoredExceptionHandler(PVOID handler) OVL_SYMBOL(RemoveVectoredExceptionHandler);
WINBASEAPI PVOID WINAPI AddVectoredContinueHandler(ULONG first, LONG(NTAPI *handler)(struct _EXCEPTION_POINTERS *))
    OVL_SYMBOL(AddVectoredContinueHandler);
WINBASEAPI ULONG WINAPI RemoveVectoredContinueHandler(PVOID handler) OVL_SYMBOL(RemoveVectoredContinueHandler);
OVL_END

#endif
