/* Completion ports, results of overlapped requests, cancelling, control codes. */
#ifndef OVL_IOAPISET_H
#define OVL_IOAPISET_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
    OVL_SYMBOL(CreateIoCompletionPort);
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, PULONG_PTR key, LPOVERLAPPED *overlapped,
                                                 DWORD milliseconds) OVL_SYMBOL(GetQueuedCompletionStatus);
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, PULONG taken,
                                                   DWORD milliseconds, BOOL alertable) OVL_SYMBOL(GetQueuedCompletionStatusEx);
WINBASEAPI BOOL WINAPI PostQueuedCompletionStatus(HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped)
    OVL_SYMBOL(PostQueuedCompletionStatus);
WINBASEAPI BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait)
    OVL_SYMBOL(GetOverlappedResult);
WINBASEAPI BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, DWORD milliseconds,
                                             BOOL alertable) OVL_SYMBOL(GetOverlappedResultEx);
WINBASEAPI BOOL WINAPI CancelIo(HANDLE file) OVL_SYMBOL(CancelIo);
WINBASEAPI BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped) OVL_SYMBOL(CancelIoEx);
WINBASEAPI BOOL WINAPI CancelSynchronousIo(HANDLE thread) OVL_SYMBOL(CancelSynchronousIo);
WINBASEAPI BOOL WINAPI DeviceIoControl(HANDLE device, DWORD code, LPVOID in, DWORD inBytes, LPVOID out, DWORD outBytes,
                                       LPDWORD returned, LPOVERLAPPED overlapped) OVL_SYMBOL(DeviceIoControl);
OVL_END

#include "ovl/outparams.h"
#ifdef OVL_OUTPARAMS
OVL_OUT(BOOL, GetQueuedCompletionStatus, (HANDLE port, OVL_LONG bytes, PULONG_PTR key, LPOVERLAPPED *overlapped, DWORD ms),
        bytes, (port, OVL_TAKE(bytes), key, overlapped, ms))
OVL_OUT(BOOL, GetQueuedCompletionStatusEx,
        (HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, OVL_LONG taken, DWORD ms, BOOL alertable), taken,
        (port, entries, room, OVL_TAKE(taken), ms, alertable))
OVL_OUT(BOOL, GetOverlappedResult, (HANDLE file, LPOVERLAPPED overlapped, OVL_LONG bytes, BOOL wait), bytes,
        (file, overlapped, OVL_TAKE(bytes), wait))
OVL_OUT(BOOL, DeviceIoControl,
        (HANDLE device, DWORD code, LPVOID in, DWORD inBytes, LPVOID out, DWORD outBytes, OVL_LONG bytes, LPOVERLAPPED overlapped),
        bytes, (device, code, in, inBytes, out, outBytes, OVL_TAKE(bytes), overlapped))
#ifndef __cplusplus
#define GetQueuedCompletionStatus(a, b, c, d, e) OVL_CHOOSE(GetQueuedCompletionStatus, b)(a, b, c, d, e)
#define GetQueuedCompletionStatusEx(a, b, c, d, e, f) OVL_CHOOSE(GetQueuedCompletionStatusEx, d)(a, b, c, d, e, f)
#define GetOverlappedResult(a, b, c, d) OVL_CHOOSE(GetOverlappedResult, c)(a, b, c, d)
#define DeviceIoControl(a, b, c, d, e, f, g, h) OVL_CHOOSE(DeviceIoControl, g)(a, b, c, d, e, f, g, h)
#endif
#endif

#endif
