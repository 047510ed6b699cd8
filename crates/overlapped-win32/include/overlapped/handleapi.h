/* Handles of every kind of object. */
#ifndef OVL_HANDLEAPI_H
#define OVL_HANDLEAPI_H
#include "minwindef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

OVL_BEGIN
WINBASEAPI BOOL WINAPI CloseHandle(HANDLE object) OVL_SYMBOL(CloseHandle);
WINBASEAPI BOOL WINAPI DuplicateHandle(HANDLE sourceProcess, HANDLE source, HANDLE targetProcess, PHANDLE target, DWORD access,
                                       BOOL inherit, DWORD options) OVL_SYMBOL(DuplicateHandle);
WINBASEAPI BOOL WINAPI GetHandleInformation(HANDLE object, LPDWORD flags) OVL_SYMBOL(GetHandleInformation);
WINBASEAPI BOOL WINAPI SetHandleInformation(HANDLE object, DWORD mask, DWORD flags) OVL_SYMBOL(SetHandleInformation);
WINBASEAPI BOOL WINAPI CompareObjectHandles(HANDLE first, HANDLE second) OVL_SYMBOL(CompareObjectHandles);
OVL_END

#endif
