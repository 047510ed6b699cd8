/* Debugging. */
#ifndef OVL_DEBUGAPI_H
#define OVL_DEBUGAPI_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI VOID WINAPI OutputDebugStringA(LPCSTR text) OVL_SYMBOL(OutputDebugStringA);
WINBASEAPI VOID WINAPI OutputDebugStringW(LPCWSTR text) OVL_SYMBOL(OutputDebugStringW);
WINBASEAPI BOOL WINAPI IsDebuggerPresent(VOID) OVL_SYMBOL(IsDebuggerPresent);
WINBASEAPI BOOL WINAPI CheckRemoteDebuggerPresent(HANDLE process, PBOOL present) OVL_SYMBOL(CheckRemoteDebuggerPresent);
WINBASEAPI VOID WINAPI DebugBreak(VOID) OVL_SYMBOL(DebugBreak);
OVL_END

#define OutputDebugString OVL_AW(OutputDebugString)

#endif
