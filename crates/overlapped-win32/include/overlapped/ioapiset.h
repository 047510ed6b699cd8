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
WINBASEAPI BOOL WINAPI DeviceIoControl(HANDLE device, DWORD code, LPVOID in, DWORD inBytes, LPVOID out, DWORD outBytes,
                                       LPDWORD returned, LPOVERLAPPED overlapped) OVL_SYMBOL(DeviceIoControl);

WINBASEAPI BOOL WINAPI CancelSynchronousIo(HANDLE thread) OVL_SYMBOL(CancelSynchronousIo);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(BOOL, GetQueuedCompletionStatus, (HANDLE port, OVL_LONG out, PULONG_PTR key, LPOVERLAPPED *overlapped, DWORD wait), out,
        (port, OVL_TAKEN, key, overlapped, wait))
#ifdef __cplusplus
/* Programs of 32-bit days take the key as 32 bits; with OVL_KEY_IS_POINTER, which `ovl cc` defines where there is a cast, what they name
 * so is a pointer. */
extern "C++" template <class T> struct ovl_if_dword {};
extern "C++" template <> struct ovl_if_dword<DWORD> { typedef BOOL type; };
extern "C++" template <class T>
inline typename ovl_if_dword<T>::type GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, T *key, LPOVERLAPPED *overlapped, DWORD wait)
{
#ifdef OVL_KEY_IS_POINTER
    return GetQueuedCompletionStatus(port, bytes, reinterpret_cast<PULONG_PTR>(key), overlapped, wait);
#else
    ULONG_PTR whole = key ? *key : 0;
    BOOL done = GetQueuedCompletionStatus(port, bytes, key ? &whole : (PULONG_PTR)0, overlapped, wait);
    if (key)
        *key = static_cast<DWORD>(whole);
    return done;
#endif
}
#endif
OVL_OUT(BOOL, GetQueuedCompletionStatusEx,
        (HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, OVL_LONG out, DWORD wait, BOOL alertable), out,
        (port, entries, room, OVL_TAKEN, wait, alertable))
OVL_OUT(BOOL, GetOverlappedResult, (HANDLE file, LPOVERLAPPED overlapped, OVL_LONG out, BOOL wait), out,
        (file, overlapped, OVL_TAKEN, wait))
OVL_OUT(BOOL, DeviceIoControl,
        (HANDLE device, DWORD code, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, OVL_LONG out, LPOVERLAPPED overlapped),
        out, (device, code, from, fromBytes, to, toBytes, OVL_TAKEN, overlapped))
#ifdef OVL_CHOOSE
#define GetQueuedCompletionStatus(a, b, c, d, e) OVL_CHOOSE(GetQueuedCompletionStatus, b)(a, b, c, d, e)
#define GetQueuedCompletionStatusEx(a, b, c, d, e, f) OVL_CHOOSE(GetQueuedCompletionStatusEx, d)(a, b, c, d, e, f)
#define GetOverlappedResult(a, b, c, d) OVL_CHOOSE(GetOverlappedResult, c)(a, b, c, d)
#define DeviceIoControl(a, b, c, d, e, f, g, h) OVL_CHOOSE(DeviceIoControl, g)(a, b, c, d, e, f, g, h)
#endif

#endif
