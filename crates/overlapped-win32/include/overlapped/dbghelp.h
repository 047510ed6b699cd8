/* Symbols and dumps: options can be set, and a dump answers 50 (ERROR_NOT_SUPPORTED); Linux writes cores. */
#ifndef OVL_DBGHELP_H
#define OVL_DBGHELP_H
#include "windows.h"

typedef enum _MINIDUMP_TYPE {
    MiniDumpNormal = 0x0,
    MiniDumpWithDataSegs = 0x1,
    MiniDumpWithFullMemory = 0x2,
    MiniDumpWithHandleData = 0x4,
    MiniDumpFilterMemory = 0x8,
    MiniDumpScanMemory = 0x10,
    MiniDumpWithUnloadedModules = 0x20,
    MiniDumpWithIndirectlyReferencedMemory = 0x40,
    MiniDumpFilterModulePaths = 0x80,
    MiniDumpWithProcessThreadData = 0x100,
    MiniDumpWithPrivateReadWriteMemory = 0x200,
    MiniDumpWithoutOptionalData = 0x400,
    MiniDumpWithFullMemoryInfo = 0x800,
    MiniDumpWithThreadInfo = 0x1000,
    MiniDumpWithCodeSegs = 0x2000,
    MiniDumpIgnoreInaccessibleMemory = 0x20000
} MINIDUMP_TYPE;
typedef struct _MINIDUMP_EXCEPTION_INFORMATION {
    DWORD ThreadId;
    PEXCEPTION_POINTERS ExceptionPointers;
    BOOL ClientPointers;
} MINIDUMP_EXCEPTION_INFORMATION, *PMINIDUMP_EXCEPTION_INFORMATION;
typedef struct _MINIDUMP_USER_STREAM_INFORMATION *PMINIDUMP_USER_STREAM_INFORMATION;
typedef struct _MINIDUMP_CALLBACK_INFORMATION *PMINIDUMP_CALLBACK_INFORMATION;

OVL_BEGIN
DWORD WINAPI SymGetOptions(VOID) OVL_SYMBOL(SymGetOptions);
DWORD WINAPI SymSetOptions(DWORD options) OVL_SYMBOL(SymSetOptions);
/* The type is a DWORD, so that combined values need no cast in C++ either. */
BOOL WINAPI MiniDumpWriteDump(HANDLE process, DWORD id, HANDLE file, DWORD type, PMINIDUMP_EXCEPTION_INFORMATION exception,
                              PMINIDUMP_USER_STREAM_INFORMATION streams, PMINIDUMP_CALLBACK_INFORMATION callback)
    OVL_SYMBOL(MiniDumpWriteDump);
OVL_END

#endif
