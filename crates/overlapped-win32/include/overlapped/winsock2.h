/* Sockets. */
#ifndef OVL_WINSOCK2_H
#define OVL_WINSOCK2_H
#if defined(_SYS_SOCKET_H) || defined(_NETINET_IN_H) || \
    ((defined(_SYS_TIME_H) || defined(__timeval_defined)) && !defined(OVL_TIMEVAL_IS_FREE) && !defined(OVL_TIMEVAL_H))
#error "winsock2.h must come before <sys/socket.h>, <netinet/in.h> and <sys/time.h>: they declare the same names with other values."
#endif
/* From here on these headers of libc are empty: their sockaddr and constants are not those of Windows. */
#define _SYS_SOCKET_H 1
#define _NETINET_IN_H 1
#define _NETDB_H 1
#define _ARPA_INET_H 1

#define _WINSOCK2API_
#define _WINSOCKAPI_
#include "ovl/timeval.h"
#include "windows.h"
#include "ws2def.h"
#define WSAAPI WINAPI
#define WINSOCK_API_LINKAGE
#define WINSOCK_VERSION MAKEWORD(2, 2)

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned int u_long;
typedef unsigned long long u_int64;
typedef UINT_PTR SOCKET;
typedef unsigned int GROUP;
#define INVALID_SOCKET ((SOCKET)(~0))
#define SOCKET_ERROR (-1)
#define FROM_PROTOCOL_INFO (-1)
#define SOMAXCONN 0x7FFFFFFF
#define SD_RECEIVE 0
#define SD_SEND 1
#define SD_BOTH 2
#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define IPPORT_RESERVED 1024
#define IPPORT_ECHO 7
#define IPPORT_DISCARD 9
#define IPPORT_DAYTIME 13
#define IPPORT_FTP 21
#define IPPORT_TELNET 23
#define IPPORT_SMTP 25
#define MSG_MAXIOVLEN 16
#define MAXGETHOSTSTRUCT 1024
#define CF_ACCEPT 0
#define CF_REJECT 1
#define CF_DEFER 2
#define WSA_FLAG_OVERLAPPED 0x1
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#define WSA_FLAG_MULTIPOINT_C_ROOT 0x2
#define WSA_FLAG_MULTIPOINT_C_LEAF 0x4
#define WSA_FLAG_MULTIPOINT_D_ROOT 0x8
#define WSA_FLAG_MULTIPOINT_D_LEAF 0x10
#define JL_SENDER_ONLY 0x1
#define JL_RECEIVER_ONLY 0x2
#define JL_BOTH 0x4
#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN 128

#define WSA_INVALID_HANDLE 6
#define WSA_NOT_ENOUGH_MEMORY 8
#define WSA_INVALID_PARAMETER 87
#define WSA_OPERATION_ABORTED 995
#define WSA_IO_INCOMPLETE 996
#define WSA_IO_PENDING 997
#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN WSATRY_AGAIN
#define NO_RECOVERY WSANO_RECOVERY
#define NO_DATA WSANO_DATA
#define NO_ADDRESS WSANO_DATA
#define h_errno WSAGetLastError()

/* The order of 64-bit Windows. */
typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    unsigned short iMaxSockets;
    unsigned short iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;
OVL_SIZE(WSADATA, 408);

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;
OVL_SIZE(TIMEVAL, 8);

typedef struct linger {
    u_short l_onoff;
    u_short l_linger;
} LINGER, *PLINGER, *LPLINGER;
OVL_SIZE(LINGER, 4);

struct hostent {
    char *h_name;
    char **h_aliases;
    short h_addrtype;
    short h_length;
    char **h_addr_list;
};
#define h_addr h_addr_list[0]
typedef struct hostent HOSTENT, *PHOSTENT, *LPHOSTENT;
OVL_SIZE(HOSTENT, 32);
/* The order of 64-bit Windows. */
struct servent {
    char *s_name;
    char **s_aliases;
    char *s_proto;
    short s_port;
};
typedef struct servent SERVENT, *PSERVENT, *LPSERVENT;
OVL_SIZE(SERVENT, 32);
struct protoent {
    char *p_name;
    char **p_aliases;
    short p_proto;
};
typedef struct protoent PROTOENT, *PPROTOENT, *LPPROTOENT;
OVL_SIZE(PROTOENT, 24);

/* Sets are lists. */
#ifndef FD_SETSIZE
#define FD_SETSIZE 64
#endif
typedef struct fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;
OVL_SIZE(fd_set, 8 + 8 * FD_SETSIZE);
OVL_INLINE int ovl_fd_find(SOCKET socket, const fd_set *set) {
    u_int i;
    for (i = 0; i < set->fd_count && set->fd_array[i] != socket; i++) {}
    return (int)i;
}
OVL_INLINE void ovl_fd_add(SOCKET socket, fd_set *set) {
    if (ovl_fd_find(socket, set) == (int)set->fd_count && set->fd_count < FD_SETSIZE) set->fd_array[set->fd_count++] = socket;
}
OVL_INLINE void ovl_fd_remove(SOCKET socket, fd_set *set) {
    u_int i = (u_int)ovl_fd_find(socket, set);
    if (i == set->fd_count) return;
    for (set->fd_count--; i < set->fd_count; i++) set->fd_array[i] = set->fd_array[i + 1];
}
OVL_INLINE int ovl_fd_has(SOCKET socket, const fd_set *set) { return ovl_fd_find(socket, set) != (int)set->fd_count; }
#define FD_ZERO(set) ((void)((set)->fd_count = 0))
#define FD_SET(socket, set) ovl_fd_add((SOCKET)(socket), (set))
#define FD_CLR(socket, set) ovl_fd_remove((SOCKET)(socket), (set))
#define FD_ISSET(socket, set) ovl_fd_has((SOCKET)(socket), (set))

#define POLLERR 0x1
#define POLLHUP 0x2
#define POLLNVAL 0x4
#define POLLWRNORM 0x10
#define POLLOUT 0x10
#define POLLWRBAND 0x20
#define POLLRDNORM 0x100
#define POLLRDBAND 0x200
#define POLLIN 0x300
#define POLLPRI 0x400
typedef struct pollfd {
    SOCKET fd;
    SHORT events;
    SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;
OVL_SIZE(WSAPOLLFD, 16);

#define IOC_PARAMETER(type) (((u_int)sizeof(type) & IOCPARM_MASK) << 16)
#define _IO(group, number) (IOC_VOID | ((group) << 8) | (number))
#define _IOR(group, number, type) (IOC_OUT | IOC_PARAMETER(type) | ((group) << 8) | (number))
#define _IOW(group, number, type) (IOC_IN | IOC_PARAMETER(type) | ((group) << 8) | (number))
#define FIONREAD ((int)0x4004667F)
#define FIONBIO ((int)0x8004667E)
#define FIOASYNC ((int)0x8004667D)
#define SIOCATMARK ((int)0x40047307)

/* ---- Events. */
#define FD_READ 0x1
#define FD_WRITE 0x2
#define FD_OOB 0x4
#define FD_ACCEPT 0x8
#define FD_CONNECT 0x10
#define FD_CLOSE 0x20
/* Networks that promise a quality are not here: these never happen. */
#define FD_QOS 0x40
#define FD_GROUP_QOS 0x80
#define FD_READ_BIT 0
#define FD_WRITE_BIT 1
#define FD_OOB_BIT 2
#define FD_ACCEPT_BIT 3
#define FD_CONNECT_BIT 4
#define FD_CLOSE_BIT 5
#define FD_QOS_BIT 6
#define FD_GROUP_QOS_BIT 7
#define FD_MAX_EVENTS 10
#define FD_ALL_EVENTS 0x3FF
typedef struct _WSANETWORKEVENTS {
    LONG lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;
OVL_SIZE(WSANETWORKEVENTS, 44);
#define WSAEVENT HANDLE
#define LPWSAEVENT LPHANDLE
#define WSAOVERLAPPED OVERLAPPED
typedef struct _OVERLAPPED *LPWSAOVERLAPPED;
#define WSA_INVALID_EVENT ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS MAXIMUM_WAIT_OBJECTS
#define WSA_WAIT_FAILED WAIT_FAILED
#define WSA_WAIT_EVENT_0 WAIT_OBJECT_0
#define WSA_WAIT_IO_COMPLETION WAIT_IO_COMPLETION
#define WSA_WAIT_TIMEOUT WAIT_TIMEOUT
#define WSA_INFINITE INFINITE
#define WSAGETSELECTEVENT(value) LOWORD(value)
#define WSAGETSELECTERROR(value) HIWORD(value)

typedef VOID(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);

typedef struct _flowspec {
    ULONG TokenRate;
    ULONG TokenBucketSize;
    ULONG PeakBandwidth;
    ULONG Latency;
    ULONG DelayVariation;
    ULONG ServiceType;
    ULONG MaxSduSize;
    ULONG MinimumPolicedSize;
} FLOWSPEC, *LPFLOWSPEC;
typedef struct _QualityOfService {
    FLOWSPEC SendingFlowspec;
    FLOWSPEC ReceivingFlowspec;
    WSABUF ProviderSpecific;
} QOS, *LPQOS;
OVL_SIZE(QOS, 80);
typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF callerId, LPWSABUF callerData, LPQOS qos, LPQOS groupQos, LPWSABUF calleeId,
                                       LPWSABUF calleeData, GROUP *group, DWORD_PTR context);

#define WSAPROTOCOL_LEN 255
#define MAX_PROTOCOL_CHAIN 7
typedef struct _WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;
#define OVL_PROTOCOL_INFO(character) \
    DWORD dwServiceFlags1; \
    DWORD dwServiceFlags2; \
    DWORD dwServiceFlags3; \
    DWORD dwServiceFlags4; \
    DWORD dwProviderFlags; \
    GUID ProviderId; \
    DWORD dwCatalogEntryId; \
    WSAPROTOCOLCHAIN ProtocolChain; \
    int iVersion; \
    int iAddressFamily; \
    int iMaxSockAddr; \
    int iMinSockAddr; \
    int iSocketType; \
    int iProtocol; \
    int iProtocolMaxOffset; \
    int iNetworkByteOrder; \
    int iSecurityScheme; \
    DWORD dwMessageSize; \
    DWORD dwProviderReserved; \
    character szProtocol[WSAPROTOCOL_LEN + 1]
typedef struct _WSAPROTOCOL_INFOA {
    OVL_PROTOCOL_INFO(CHAR);
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;
typedef struct _WSAPROTOCOL_INFOW {
    OVL_PROTOCOL_INFO(WCHAR);
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;
typedef OVL_AW(WSAPROTOCOL_INFO) WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
OVL_SIZE(WSAPROTOCOL_INFOA, 372);
OVL_SIZE(WSAPROTOCOL_INFOW, 628);
#define XP1_CONNECTIONLESS 0x00000001
#define XP1_GUARANTEED_DELIVERY 0x00000002
#define XP1_GUARANTEED_ORDER 0x00000004
#define XP1_MESSAGE_ORIENTED 0x00000008
#define XP1_GRACEFUL_CLOSE 0x00000020
#define XP1_EXPEDITED_DATA 0x00000040
#define XP1_SUPPORT_BROADCAST 0x00000200
#define XP1_SUPPORT_MULTIPOINT 0x00000400
#define XP1_IFS_HANDLES 0x00020000
#define PFL_MATCHES_PROTOCOL_ZERO 0x00000008
#define BASE_PROTOCOL 1
#define BIGENDIAN 0

/* Byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OVL_NETWORK16 __builtin_bswap16
#define OVL_NETWORK32 __builtin_bswap32
#else
#define OVL_NETWORK16
#define OVL_NETWORK32
#endif
OVL_INLINE u_short htons(u_short value) { return OVL_NETWORK16(value); }
OVL_INLINE u_short ntohs(u_short value) { return OVL_NETWORK16(value); }
OVL_INLINE u_long htonl(u_long value) { return OVL_NETWORK32(value); }
OVL_INLINE u_long ntohl(u_long value) { return OVL_NETWORK32(value); }

/* Name spaces. */
#define NS_ALL 0
#define NS_DNS 12

OVL_BEGIN
int WSAAPI WSAStartup(WORD version, LPWSADATA to) OVL_SYMBOL(WSAStartup);
int WSAAPI WSACleanup(void) OVL_SYMBOL(WSACleanup);
int WSAAPI WSAGetLastError(void) OVL_SYMBOL(WSAGetLastError);
void WSAAPI WSASetLastError(int code) OVL_SYMBOL(WSASetLastError);

SOCKET WSAAPI socket(int family, int type, int protocol) OVL_SYMBOL(socket);
SOCKET WSAAPI WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info, GROUP group, DWORD flags)
    OVL_SYMBOL(WSASocketA);
SOCKET WSAAPI WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group, DWORD flags)
    OVL_SYMBOL(WSASocketW);
int WSAAPI closesocket(SOCKET socket) OVL_SYMBOL(closesocket);
int WSAAPI shutdown(SOCKET socket, int how) OVL_SYMBOL(shutdown);
int WSAAPI WSASendDisconnect(SOCKET socket, LPWSABUF data) OVL_SYMBOL(WSASendDisconnect);
int WSAAPI WSARecvDisconnect(SOCKET socket, LPWSABUF data) OVL_SYMBOL(WSARecvDisconnect);
int WSAAPI WSAHtonl(SOCKET socket, u_long value, u_long *to) OVL_SYMBOL(WSAHtonl);
int WSAAPI WSAHtons(SOCKET socket, u_short value, u_short *to) OVL_SYMBOL(WSAHtons);
int WSAAPI WSANtohl(SOCKET socket, u_long value, u_long *to) OVL_SYMBOL(WSANtohl);
int WSAAPI WSANtohs(SOCKET socket, u_short value, u_short *to) OVL_SYMBOL(WSANtohs);
int WSAAPI bind(SOCKET socket, const struct sockaddr *name, int bytes) OVL_SYMBOL(bind);
int WSAAPI listen(SOCKET socket, int backlog) OVL_SYMBOL(listen);
SOCKET WSAAPI accept(SOCKET socket, struct sockaddr *name, int *bytes) OVL_SYMBOL(accept);
SOCKET WSAAPI WSAAccept(SOCKET socket, struct sockaddr *name, LPINT bytes, LPCONDITIONPROC condition, DWORD_PTR context)
    OVL_SYMBOL(WSAAccept);
int WSAAPI connect(SOCKET socket, const struct sockaddr *name, int bytes) OVL_SYMBOL(connect);
int WSAAPI WSAConnect(SOCKET socket, const struct sockaddr *name, int bytes, LPWSABUF from, LPWSABUF to, LPQOS qos, LPQOS groupQos)
    OVL_SYMBOL(WSAConnect);
SOCKET WSAAPI WSAJoinLeaf(SOCKET socket, const struct sockaddr *name, int bytes, LPWSABUF from, LPWSABUF to, LPQOS qos,
                          LPQOS groupQos, DWORD flags) OVL_SYMBOL(WSAJoinLeaf);
int WSAAPI WSADuplicateSocketA(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOA to) OVL_SYMBOL(WSADuplicateSocketA);
int WSAAPI WSADuplicateSocketW(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOW to) OVL_SYMBOL(WSADuplicateSocketW);
int WSAAPI getpeername(SOCKET socket, struct sockaddr *name, int *bytes) OVL_SYMBOL(getpeername);
BOOL WSAAPI WSAConnectByNameA(SOCKET socket, LPCSTR node, LPCSTR service, LPDWORD localBytes, LPSOCKADDR local,
                              LPDWORD remoteBytes, LPSOCKADDR remote, const struct timeval *timeout, LPWSAOVERLAPPED reserved)
    OVL_SYMBOL(WSAConnectByNameA);
BOOL WSAAPI WSAConnectByNameW(SOCKET socket, LPWSTR node, LPWSTR service, LPDWORD localBytes, LPSOCKADDR local,
                              LPDWORD remoteBytes, LPSOCKADDR remote, const struct timeval *timeout, LPWSAOVERLAPPED reserved)
    OVL_SYMBOL(WSAConnectByNameW);
BOOL WSAAPI WSAConnectByList(SOCKET socket, PSOCKET_ADDRESS_LIST list, LPDWORD localBytes, LPSOCKADDR local, LPDWORD remoteBytes,
                             LPSOCKADDR remote, const struct timeval *timeout, LPWSAOVERLAPPED reserved)
    OVL_SYMBOL(WSAConnectByList);
int WSAAPI getsockname(SOCKET socket, struct sockaddr *name, int *bytes) OVL_SYMBOL(getsockname);
int WSAAPI getsockopt(SOCKET socket, int level, int option, char *value, int *bytes) OVL_SYMBOL(getsockopt);
int WSAAPI setsockopt(SOCKET socket, int level, int option, const char *value, int bytes) OVL_SYMBOL(setsockopt);
int WSAAPI ioctlsocket(SOCKET socket, LONG command, u_long *value) OVL_SYMBOL(ioctlsocket);
int WSAAPI WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD inBytes, LPVOID out, DWORD outBytes, LPDWORD returned,
                    LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSAIoctl);

int WSAAPI recv(SOCKET socket, char *to, int bytes, int flags) OVL_SYMBOL(recv);
int WSAAPI recvfrom(SOCKET socket, char *to, int bytes, int flags, struct sockaddr *name, int *nameBytes) OVL_SYMBOL(recvfrom);
int WSAAPI send(SOCKET socket, const char *from, int bytes, int flags) OVL_SYMBOL(send);
int WSAAPI sendto(SOCKET socket, const char *from, int bytes, int flags, const struct sockaddr *name, int nameBytes)
    OVL_SYMBOL(sendto);
int WSAAPI WSARecv(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD done, LPDWORD flags, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSARecv);
int WSAAPI WSARecvFrom(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD done, LPDWORD flags, struct sockaddr *name,
                       LPINT bytes, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
    OVL_SYMBOL(WSARecvFrom);
int WSAAPI WSASend(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD done, DWORD flags, LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSASend);
int WSAAPI WSASendTo(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD done, DWORD flags, const struct sockaddr *name,
                     int bytes, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSASendTo);
int WSAAPI WSASendMsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD done, LPWSAOVERLAPPED overlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WSASendMsg);
BOOL WSAAPI WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD bytes, BOOL wait, LPDWORD flags)
    OVL_SYMBOL(WSAGetOverlappedResult);

int WSAAPI __WSAFDIsSet(SOCKET socket, fd_set *set) OVL_SYMBOL(__WSAFDIsSet);
int WSAAPI select(int ignored, fd_set *reads, fd_set *writes, fd_set *excepts, const struct timeval *timeout) OVL_SYMBOL(select);
int WSAAPI WSAPoll(LPWSAPOLLFD sockets, ULONG count, INT milliseconds) OVL_SYMBOL(WSAPoll);
WSAEVENT WSAAPI WSACreateEvent(void) OVL_SYMBOL(WSACreateEvent);
BOOL WSAAPI WSACloseEvent(WSAEVENT event) OVL_SYMBOL(WSACloseEvent);
BOOL WSAAPI WSASetEvent(WSAEVENT event) OVL_SYMBOL(WSASetEvent);
BOOL WSAAPI WSAResetEvent(WSAEVENT event) OVL_SYMBOL(WSAResetEvent);
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all, DWORD milliseconds, BOOL alertable)
    OVL_SYMBOL(WSAWaitForMultipleEvents);
int WSAAPI WSAAsyncSelect(SOCKET socket, HWND window, u_int message, LONG which) OVL_SYMBOL(WSAAsyncSelect);
int WSAAPI WSAEventSelect(SOCKET socket, WSAEVENT event, LONG which) OVL_SYMBOL(WSAEventSelect);
int WSAAPI WSAEnumNetworkEvents(SOCKET socket, WSAEVENT event, LPWSANETWORKEVENTS to) OVL_SYMBOL(WSAEnumNetworkEvents);

/* Under glibc's signature, because <unistd.h> has it too. */
int WSAAPI gethostname(char *to, size_t room) OVL_NOTHROW OVL_SYMBOL(gethostname);
int WSAAPI GetHostNameW(PWSTR to, int room) OVL_SYMBOL(GetHostNameW);
struct hostent *WSAAPI gethostbyname(const char *name) OVL_SYMBOL(gethostbyname);
struct hostent *WSAAPI gethostbyaddr(const char *address, int bytes, int family) OVL_SYMBOL(gethostbyaddr);
struct servent *WSAAPI getservbyname(const char *name, const char *protocol) OVL_SYMBOL(getservbyname);
struct servent *WSAAPI getservbyport(int port, const char *protocol) OVL_SYMBOL(getservbyport);
struct protoent *WSAAPI getprotobyname(const char *name) OVL_SYMBOL(getprotobyname);
struct protoent *WSAAPI getprotobynumber(int number) OVL_SYMBOL(getprotobynumber);
int WSAAPI WSAEnumProtocolsA(LPINT protocols, LPWSAPROTOCOL_INFOA to, LPDWORD bytes) OVL_SYMBOL(WSAEnumProtocolsA);
int WSAAPI WSAEnumProtocolsW(LPINT protocols, LPWSAPROTOCOL_INFOW to, LPDWORD bytes) OVL_SYMBOL(WSAEnumProtocolsW);
ULONG WSAAPI inet_addr(const char *text) OVL_SYMBOL(inet_addr);
char *WSAAPI inet_ntoa(struct in_addr address) OVL_SYMBOL(inet_ntoa);
INT WSAAPI WSAAddressToStringA(LPSOCKADDR address, DWORD bytes, LPWSAPROTOCOL_INFOA info, LPSTR to, LPDWORD room)
    OVL_SYMBOL(WSAAddressToStringA);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR address, DWORD bytes, LPWSAPROTOCOL_INFOW info, LPWSTR to, LPDWORD room)
    OVL_SYMBOL(WSAAddressToStringW);
INT WSAAPI WSAStringToAddressA(LPSTR text, INT family, LPWSAPROTOCOL_INFOA info, LPSOCKADDR to, LPINT room)
    OVL_SYMBOL(WSAStringToAddressA);
INT WSAAPI WSAStringToAddressW(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW info, LPSOCKADDR to, LPINT room)
    OVL_SYMBOL(WSAStringToAddressW);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(int, WSASend,
        (SOCKET socket, LPWSABUF buffers, DWORD count, OVL_LONG out, DWORD flags, LPWSAOVERLAPPED overlapped,
         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
        out, (socket, buffers, count, OVL_TAKEN, flags, overlapped, routine))
OVL_OUT(int, WSASendTo,
        (SOCKET socket, LPWSABUF buffers, DWORD count, OVL_LONG out, DWORD flags, const struct sockaddr *name, int bytes,
         LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
        out, (socket, buffers, count, OVL_TAKEN, flags, name, bytes, overlapped, routine))
OVL_OUT(int, WSAIoctl,
        (SOCKET socket, DWORD code, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, OVL_LONG out,
         LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
        out, (socket, code, from, fromBytes, to, toBytes, OVL_TAKEN, overlapped, routine))
/* What FIONBIO says is only read, and may be an int behind a cast: no long is stored there. */
OVL_INLINE int ovl_set_blocking(SOCKET socket, const void *value) {
    u_long given;
    __builtin_memcpy(&given, value, sizeof given);
    return ioctlsocket(socket, (LONG)FIONBIO, &given);
}
#if defined(__cplusplus)
extern "C++" {
namespace ovl_only { using ::ioctlsocket; }
template <class T> inline typename ovl_if_long<T, int>::type ioctlsocket(SOCKET socket, LONG command, T *out) {
    if (out && command == (LONG)FIONBIO) return ovl_set_blocking(socket, out);
    ovl_taken<T> ovl_out(out);
    return ioctlsocket(socket, command, OVL_TAKEN);
}
}
#elif defined(OVL_CHOOSE)
OVL_INLINE int ovl_long_ioctlsocket(SOCKET socket, LONG command, unsigned long *out) {
    u_long value;
    int result;
    if (out && command == (LONG)FIONBIO) return ovl_set_blocking(socket, out);
    OVL_LAUNDER(out);
    value = out ? (u_long)*out : 0;
    result = ioctlsocket(socket, command, &value);
    if (out) *out = value;
    return result;
}
#endif
#ifdef OVL_CHOOSE
#define WSASend(a, b, c, d, e, f, g) OVL_CHOOSE(WSASend, d)(a, b, c, d, e, f, g)
#define ioctlsocket(a, b, c) OVL_CHOOSE(ioctlsocket, c)(a, b, c)
#endif

#define WSASocket OVL_AW(WSASocket)
#define WSADuplicateSocket OVL_AW(WSADuplicateSocket)
#define WSAConnectByName OVL_AW(WSAConnectByName)
#define WSAEnumProtocols OVL_AW(WSAEnumProtocols)
#define WSAAddressToString OVL_AW(WSAAddressToString)
#define WSAStringToAddress OVL_AW(WSAStringToAddress)

#endif
