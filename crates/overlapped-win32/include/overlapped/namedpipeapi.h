/* Pipes. */
#ifndef OVL_NAMEDPIPEAPI_H
#define OVL_NAMEDPIPEAPI_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI CreatePipe(PHANDLE reader, PHANDLE writer, LPSECURITY_ATTRIBUTES security, DWORD bytes)
    OVL_SYMBOL(CreatePipe);
WINBASEAPI HANDLE WINAPI CreateNamedPipeW(LPCWSTR name, DWORD openMode, DWORD pipeMode, DWORD instances, DWORD outBytes,
                                          DWORD inBytes, DWORD milliseconds, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateNamedPipeW);
WINBASEAPI BOOL WINAPI ConnectNamedPipe(HANDLE pipe, LPOVERLAPPED overlapped) OVL_SYMBOL(ConnectNamedPipe);
WINBASEAPI BOOL WINAPI DisconnectNamedPipe(HANDLE pipe) OVL_SYMBOL(DisconnectNamedPipe);
WINBASEAPI BOOL WINAPI WaitNamedPipeW(LPCWSTR name, DWORD milliseconds) OVL_SYMBOL(WaitNamedPipeW);
WINBASEAPI BOOL WINAPI PeekNamedPipe(HANDLE pipe, LPVOID to, DWORD bytes, LPDWORD done, LPDWORD available, LPDWORD left)
    OVL_SYMBOL(PeekNamedPipe);
WINBASEAPI BOOL WINAPI TransactNamedPipe(HANDLE pipe, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, LPDWORD done,
                                         LPOVERLAPPED overlapped) OVL_SYMBOL(TransactNamedPipe);
WINBASEAPI BOOL WINAPI SetNamedPipeHandleState(HANDLE pipe, LPDWORD mode, LPDWORD collect, LPDWORD timeout)
    OVL_SYMBOL(SetNamedPipeHandleState);
WINBASEAPI BOOL WINAPI GetNamedPipeHandleStateW(HANDLE pipe, LPDWORD state, LPDWORD instances, LPDWORD collect, LPDWORD timeout,
                                                LPWSTR user, DWORD room) OVL_SYMBOL(GetNamedPipeHandleStateW);
WINBASEAPI BOOL WINAPI GetNamedPipeInfo(HANDLE pipe, LPDWORD flags, LPDWORD outBytes, LPDWORD inBytes, LPDWORD instances)
    OVL_SYMBOL(GetNamedPipeInfo);
WINBASEAPI BOOL WINAPI GetNamedPipeClientComputerNameW(HANDLE pipe, LPWSTR to, ULONG bytes)
    OVL_SYMBOL(GetNamedPipeClientComputerNameW);
WINBASEAPI BOOL WINAPI ImpersonateNamedPipeClient(HANDLE pipe) OVL_SYMBOL(ImpersonateNamedPipeClient);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(BOOL, PeekNamedPipe, (HANDLE pipe, LPVOID to, DWORD bytes, OVL_LONG out, LPDWORD available, LPDWORD left), out,
        (pipe, to, bytes, OVL_TAKEN, available, left))
OVL_OUT(BOOL, TransactNamedPipe,
        (HANDLE pipe, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, OVL_LONG out, LPOVERLAPPED overlapped), out,
        (pipe, from, fromBytes, to, toBytes, OVL_TAKEN, overlapped))
#ifdef OVL_CHOOSE
#define PeekNamedPipe(a, b, c, d, e, f) OVL_CHOOSE(PeekNamedPipe, d)(a, b, c, d, e, f)
#define TransactNamedPipe(a, b, c, d, e, f, g) OVL_CHOOSE(TransactNamedPipe, f)(a, b, c, d, e, f, g)
#endif

#endif
