/* Sessions: that of services, and that of the user. */
#ifndef OVL_WTSAPI32_H
#define OVL_WTSAPI32_H
#include "windows.h"

#define WTS_CURRENT_SERVER ((HANDLE)NULL)
#define WTS_CURRENT_SERVER_HANDLE ((HANDLE)NULL)
#define WTS_CURRENT_SERVER_NAME (NULL)
#define WTS_CURRENT_SESSION ((DWORD)-1)
#define WTS_ANY_SESSION ((DWORD)-2)
#define WTS_WSD_LOGOFF 0x1
#define WTS_WSD_SHUTDOWN 0x2
#define WTS_WSD_REBOOT 0x4
#define WTS_WSD_POWEROFF 0x8

typedef enum _WTS_CONNECTSTATE_CLASS {
    WTSActive,
    WTSConnected,
    WTSConnectQuery,
    WTSShadow,
    WTSDisconnected,
    WTSIdle,
    WTSListen,
    WTSReset,
    WTSDown,
    WTSInit
} WTS_CONNECTSTATE_CLASS;
typedef enum _WTS_INFO_CLASS {
    WTSInitialProgram,
    WTSApplicationName,
    WTSWorkingDirectory,
    WTSOEMId,
    WTSSessionId,
    WTSUserName,
    WTSWinStationName,
    WTSDomainName,
    WTSConnectState,
    WTSClientBuildNumber,
    WTSClientName,
    WTSClientDirectory,
    WTSClientProductId,
    WTSClientHardwareId,
    WTSClientAddress,
    WTSClientDisplay,
    WTSClientProtocolType,
    WTSIdleTime,
    WTSLogonTime,
    WTSIncomingBytes,
    WTSOutgoingBytes,
    WTSIncomingFrames,
    WTSOutgoingFrames,
    WTSClientInfo,
    WTSSessionInfo,
    WTSSessionInfoEx,
    WTSConfigInfo,
    WTSValidationInfo,
    WTSSessionAddressV4,
    WTSIsRemoteSession
} WTS_INFO_CLASS;
typedef enum _WTS_TYPE_CLASS {
    WTSTypeProcessInfoLevel0,
    WTSTypeProcessInfoLevel1,
    WTSTypeSessionInfoLevel1
} WTS_TYPE_CLASS;

typedef struct _WTS_SESSION_INFOA {
    DWORD SessionId;
    LPSTR pWinStationName;
    WTS_CONNECTSTATE_CLASS State;
} WTS_SESSION_INFOA, *PWTS_SESSION_INFOA;
typedef struct _WTS_SESSION_INFOW {
    DWORD SessionId;
    LPWSTR pWinStationName;
    WTS_CONNECTSTATE_CLASS State;
} WTS_SESSION_INFOW, *PWTS_SESSION_INFOW;
typedef OVL_AW(WTS_SESSION_INFO) WTS_SESSION_INFO, *PWTS_SESSION_INFO;
OVL_SIZE(WTS_SESSION_INFOA, 24);
typedef struct _WTS_PROCESS_INFOA {
    DWORD SessionId;
    DWORD ProcessId;
    LPSTR pProcessName;
    PSID pUserSid;
} WTS_PROCESS_INFOA, *PWTS_PROCESS_INFOA;
typedef struct _WTS_PROCESS_INFOW {
    DWORD SessionId;
    DWORD ProcessId;
    LPWSTR pProcessName;
    PSID pUserSid;
} WTS_PROCESS_INFOW, *PWTS_PROCESS_INFOW;
typedef OVL_AW(WTS_PROCESS_INFO) WTS_PROCESS_INFO, *PWTS_PROCESS_INFO;
OVL_SIZE(WTS_PROCESS_INFOA, 24);
#define OVL_PROCESS_INFO_EX(string) \
    DWORD SessionId; \
    DWORD ProcessId; \
    string pProcessName; \
    PSID pUserSid; \
    DWORD NumberOfThreads; \
    DWORD HandleCount; \
    DWORD PagefileUsage; \
    DWORD PeakPagefileUsage; \
    DWORD WorkingSetSize; \
    DWORD PeakWorkingSetSize; \
    LARGE_INTEGER UserTime; \
    LARGE_INTEGER KernelTime
typedef struct _WTS_PROCESS_INFO_EXA {
    OVL_PROCESS_INFO_EX(LPSTR);
} WTS_PROCESS_INFO_EXA, *PWTS_PROCESS_INFO_EXA;
typedef struct _WTS_PROCESS_INFO_EXW {
    OVL_PROCESS_INFO_EX(LPWSTR);
} WTS_PROCESS_INFO_EXW, *PWTS_PROCESS_INFO_EXW;
typedef OVL_AW(WTS_PROCESS_INFO_EX) WTS_PROCESS_INFO_EX, *PWTS_PROCESS_INFO_EX;
OVL_SIZE(WTS_PROCESS_INFO_EXA, 64);

OVL_BEGIN
HANDLE WINAPI WTSOpenServerA(LPSTR server) OVL_SYMBOL(WTSOpenServerA);
HANDLE WINAPI WTSOpenServerW(LPWSTR server) OVL_SYMBOL(WTSOpenServerW);
HANDLE WINAPI WTSOpenServerExA(LPSTR server) OVL_SYMBOL(WTSOpenServerExA);
HANDLE WINAPI WTSOpenServerExW(LPWSTR server) OVL_SYMBOL(WTSOpenServerExW);
VOID WINAPI WTSCloseServer(HANDLE server) OVL_SYMBOL(WTSCloseServer);
VOID WINAPI WTSFreeMemory(PVOID memory) OVL_SYMBOL(WTSFreeMemory);
BOOL WINAPI WTSFreeMemoryExA(WTS_TYPE_CLASS type, PVOID memory, ULONG count) OVL_SYMBOL(WTSFreeMemoryExA);
BOOL WINAPI WTSFreeMemoryExW(WTS_TYPE_CLASS type, PVOID memory, ULONG count) OVL_SYMBOL(WTSFreeMemoryExW);
BOOL WINAPI WTSEnumerateSessionsA(HANDLE server, DWORD reserved, DWORD version, PWTS_SESSION_INFOA *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateSessionsA);
BOOL WINAPI WTSEnumerateSessionsW(HANDLE server, DWORD reserved, DWORD version, PWTS_SESSION_INFOW *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateSessionsW);
BOOL WINAPI WTSEnumerateProcessesA(HANDLE server, DWORD reserved, DWORD version, PWTS_PROCESS_INFOA *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateProcessesA);
BOOL WINAPI WTSEnumerateProcessesW(HANDLE server, DWORD reserved, DWORD version, PWTS_PROCESS_INFOW *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateProcessesW);
BOOL WINAPI WTSEnumerateProcessesExA(HANDLE server, DWORD *level, DWORD session, LPSTR *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateProcessesExA);
BOOL WINAPI WTSEnumerateProcessesExW(HANDLE server, DWORD *level, DWORD session, LPWSTR *to, DWORD *count)
    OVL_SYMBOL(WTSEnumerateProcessesExW);
BOOL WINAPI WTSQuerySessionInformationA(HANDLE server, DWORD session, WTS_INFO_CLASS what, LPSTR *to, DWORD *bytes)
    OVL_SYMBOL(WTSQuerySessionInformationA);
BOOL WINAPI WTSQuerySessionInformationW(HANDLE server, DWORD session, WTS_INFO_CLASS what, LPWSTR *to, DWORD *bytes)
    OVL_SYMBOL(WTSQuerySessionInformationW);
BOOL WINAPI WTSTerminateProcess(HANDLE server, DWORD process, DWORD code) OVL_SYMBOL(WTSTerminateProcess);
BOOL WINAPI WTSDisconnectSession(HANDLE server, DWORD session, BOOL wait) OVL_SYMBOL(WTSDisconnectSession);
BOOL WINAPI WTSLogoffSession(HANDLE server, DWORD session, BOOL wait) OVL_SYMBOL(WTSLogoffSession);
BOOL WINAPI WTSShutdownSystem(HANDLE server, DWORD flags) OVL_SYMBOL(WTSShutdownSystem);
BOOL WINAPI WTSQueryUserToken(ULONG session, PHANDLE token) OVL_SYMBOL(WTSQueryUserToken);
OVL_END

#define WTSOpenServer OVL_AW(WTSOpenServer)
#define WTSOpenServerEx OVL_AW(WTSOpenServerEx)
#define WTSFreeMemoryEx OVL_AW(WTSFreeMemoryEx)
#define WTSEnumerateSessions OVL_AW(WTSEnumerateSessions)
#define WTSEnumerateProcesses OVL_AW(WTSEnumerateProcesses)
#define WTSEnumerateProcessesEx OVL_AW(WTSEnumerateProcessesEx)
#define WTSQuerySessionInformation OVL_AW(WTSQuerySessionInformation)

#endif
