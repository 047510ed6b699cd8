/* Microsoft's extensions of sockets. */
#ifndef OVL_MSWSOCK_H
#define OVL_MSWSOCK_H
#define _MSWSOCK_
#include "winsock2.h"
#include "mswsockdef.h"

#define SO_UPDATE_ACCEPT_CONTEXT 0x700B
#define SO_CONNECT_TIME 0x700C
#define SO_UPDATE_CONNECT_CONTEXT 0x7010
#define TF_USE_DEFAULT_WORKER 0x0
#define TF_DISCONNECT 0x1
#define TF_REUSE_SOCKET 0x2
#define TF_WRITE_BEHIND 0x4
#define TF_USE_SYSTEM_THREAD 0x10
#define TF_USE_KERNEL_APC 0x20
#define TP_ELEMENT_MEMORY 0x1
#define TP_ELEMENT_FILE 0x2
#define TP_ELEMENT_EOP 0x4
#define TP_DISCONNECT TF_DISCONNECT
#define TP_REUSE_SOCKET TF_REUSE_SOCKET
#define TP_USE_DEFAULT_WORKER TF_USE_DEFAULT_WORKER
#define TP_USE_SYSTEM_THREAD TF_USE_SYSTEM_THREAD
#define TP_USE_KERNEL_APC TF_USE_KERNEL_APC
#define DE_REUSE_SOCKET TF_REUSE_SOCKET
#define SO_OPENTYPE 0x7008
#define SO_SYNCHRONOUS_ALERT 0x10
#define SO_SYNCHRONOUS_NONALERT 0x20
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)

typedef struct _TRANSMIT_FILE_BUFFERS {
    LPVOID Head;
    DWORD HeadLength;
    LPVOID Tail;
    DWORD TailLength;
} TRANSMIT_FILE_BUFFERS, *PTRANSMIT_FILE_BUFFERS, *LPTRANSMIT_FILE_BUFFERS;
OVL_SIZE(TRANSMIT_FILE_BUFFERS, 32);

typedef struct _TRANSMIT_PACKETS_ELEMENT {
    ULONG dwElFlags;
    ULONG cLength;
    __extension__ union {
        __extension__ struct {
            LARGE_INTEGER nFileOffset;
            HANDLE hFile;
        };
        PVOID pBuffer;
    };
} TRANSMIT_PACKETS_ELEMENT, *PTRANSMIT_PACKETS_ELEMENT, *LPTRANSMIT_PACKETS_ELEMENT;
OVL_SIZE(TRANSMIT_PACKETS_ELEMENT, 24);

typedef BOOL(PASCAL FAR *LPFN_TRANSMITFILE)(SOCKET socket, HANDLE file, DWORD bytes, DWORD each, LPOVERLAPPED overlapped,
                                            LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags);
typedef BOOL(PASCAL FAR *LPFN_ACCEPTEX)(SOCKET listening, SOCKET accepting, PVOID to, DWORD data, DWORD local, DWORD remote,
                                        LPDWORD done, LPOVERLAPPED overlapped);
typedef VOID(PASCAL FAR *LPFN_GETACCEPTEXSOCKADDRS)(PVOID from, DWORD data, DWORD local, DWORD remote, struct sockaddr **localName,
                                                    LPINT localBytes, struct sockaddr **remoteName, LPINT remoteBytes);
typedef BOOL(PASCAL FAR *LPFN_CONNECTEX)(SOCKET socket, const struct sockaddr *name, int bytes, PVOID from, DWORD fromBytes,
                                         LPDWORD done, LPOVERLAPPED overlapped);
typedef BOOL(PASCAL FAR *LPFN_DISCONNECTEX)(SOCKET socket, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved);
typedef BOOL(PASCAL FAR *LPFN_TRANSMITPACKETS)(SOCKET socket, LPTRANSMIT_PACKETS_ELEMENT elements, DWORD count, DWORD each,
                                               LPOVERLAPPED overlapped, DWORD flags);
typedef INT(PASCAL FAR *LPFN_WSARECVMSG)(SOCKET socket, LPWSAMSG message, LPDWORD done, LPWSAOVERLAPPED overlapped,
                                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef INT(PASCAL FAR *LPFN_WSASENDMSG)(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD done, LPWSAOVERLAPPED overlapped,
                                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* What to ask of WSAIoctl(SIO_GET_EXTENSION_FUNCTION_POINTER). */
#define WSAID_TRANSMITFILE {0xB5367DF0, 0xCBAC, 0x11CF, {0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92}}
#define WSAID_ACCEPTEX {0xB5367DF1, 0xCBAC, 0x11CF, {0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92}}
#define WSAID_GETACCEPTEXSOCKADDRS {0xB5367DF2, 0xCBAC, 0x11CF, {0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92}}
#define WSAID_TRANSMITPACKETS {0xD9689DA0, 0x1F90, 0x11D3, {0x99, 0x71, 0x00, 0xC0, 0x4F, 0x68, 0xC8, 0x76}}
#define WSAID_CONNECTEX {0x25A207B9, 0xDDF3, 0x4660, {0x8E, 0xE9, 0x76, 0xE5, 0x8C, 0x74, 0x06, 0x3E}}
#define WSAID_DISCONNECTEX {0x7FDA2E11, 0x8630, 0x436F, {0xA0, 0x31, 0xF5, 0x36, 0xA6, 0xEE, 0xC1, 0x57}}
#define WSAID_WSARECVMSG {0xF689D7C8, 0x6F1F, 0x436B, {0x8A, 0x53, 0xE5, 0x4F, 0xE3, 0x51, 0xC3, 0x22}}
#define WSAID_WSASENDMSG {0xA441E712, 0x754F, 0x43CA, {0x84, 0xA7, 0x0D, 0xEE, 0x44, 0xCF, 0x60, 0x6D}}

OVL_BEGIN
BOOL PASCAL FAR TransmitFile(SOCKET socket, HANDLE file, DWORD bytes, DWORD each, LPOVERLAPPED overlapped,
                             LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags) OVL_SYMBOL(TransmitFile);
BOOL PASCAL FAR AcceptEx(SOCKET listening, SOCKET accepting, PVOID to, DWORD data, DWORD local, DWORD remote, LPDWORD done,
                         LPOVERLAPPED overlapped) OVL_SYMBOL(AcceptEx);
int PASCAL FAR WSARecvEx(SOCKET socket, char *to, int bytes, int *flags) OVL_SYMBOL(WSARecvEx);
VOID PASCAL FAR GetAcceptExSockaddrs(PVOID from, DWORD data, DWORD local, DWORD remote, struct sockaddr **localName,
                                     LPINT localBytes, struct sockaddr **remoteName, LPINT remoteBytes)
    OVL_SYMBOL(GetAcceptExSockaddrs);
/* On Windows these have no name, only the pointers of WSAIoctl, and many programs call a variable so. */
#ifdef OVL_EXTENSION_NAMES
BOOL PASCAL FAR ConnectEx(SOCKET socket, const struct sockaddr *name, int bytes, PVOID from, DWORD fromBytes, LPDWORD done,
                          LPOVERLAPPED overlapped) OVL_SYMBOL(ConnectEx);
BOOL PASCAL FAR DisconnectEx(SOCKET socket, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved) OVL_SYMBOL(DisconnectEx);
BOOL PASCAL FAR TransmitPackets(SOCKET socket, LPTRANSMIT_PACKETS_ELEMENT elements, DWORD count, DWORD each,
                                LPOVERLAPPED overlapped, DWORD flags) OVL_SYMBOL(TransmitPackets);
INT PASCAL FAR WSARecvMsg(SOCKET socket, LPWSAMSG message, LPDWORD done, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSARecvMsg);
#endif
OVL_END

#endif
