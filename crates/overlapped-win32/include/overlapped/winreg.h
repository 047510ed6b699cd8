/* The registry. There is none; what programs read of every computer is answered: its processors, and which Windows it tells to be. */
#ifndef OVL_WINREG_H
#define OVL_WINREG_H
#include "minwinbase.h"

#define OVL_HKEY(low) ((HKEY)(ULONG_PTR)(LONG)(0x80000000u | (low)))
#define HKEY_CLASSES_ROOT OVL_HKEY(0x0)
#define HKEY_CURRENT_USER OVL_HKEY(0x1)
#define HKEY_LOCAL_MACHINE OVL_HKEY(0x2)
#define HKEY_USERS OVL_HKEY(0x3)
#define HKEY_PERFORMANCE_DATA OVL_HKEY(0x4)
#define HKEY_CURRENT_CONFIG OVL_HKEY(0x5)
#define HKEY_DYN_DATA OVL_HKEY(0x6)
#define HKEY_CURRENT_USER_LOCAL_SETTINGS OVL_HKEY(0x7)
#define HKEY_PERFORMANCE_TEXT OVL_HKEY(0x50)
#define HKEY_PERFORMANCE_NLSTEXT OVL_HKEY(0x60)

#define REG_NONE 0
#define REG_SZ 1
#define REG_EXPAND_SZ 2
#define REG_BINARY 3
#define REG_DWORD 4
#define REG_DWORD_LITTLE_ENDIAN 4
#define REG_DWORD_BIG_ENDIAN 5
#define REG_LINK 6
#define REG_MULTI_SZ 7
#define REG_RESOURCE_LIST 8
#define REG_FULL_RESOURCE_DESCRIPTOR 9
#define REG_RESOURCE_REQUIREMENTS_LIST 10
#define REG_QWORD 11
#define REG_QWORD_LITTLE_ENDIAN 11

#define RRF_RT_REG_NONE 0x1
#define RRF_RT_REG_SZ 0x2
#define RRF_RT_REG_EXPAND_SZ 0x4
#define RRF_RT_REG_BINARY 0x8
#define RRF_RT_REG_DWORD 0x10
#define RRF_RT_REG_MULTI_SZ 0x20
#define RRF_RT_REG_QWORD 0x40
#define RRF_RT_DWORD (RRF_RT_REG_BINARY | RRF_RT_REG_DWORD)
#define RRF_RT_QWORD (RRF_RT_REG_BINARY | RRF_RT_REG_QWORD)
#define RRF_RT_ANY 0xFFFF
#define RRF_NOEXPAND 0x10000000
#define RRF_ZEROONFAILURE 0x20000000

#define KEY_QUERY_VALUE 0x1
#define KEY_SET_VALUE 0x2
#define KEY_CREATE_SUB_KEY 0x4
#define KEY_ENUMERATE_SUB_KEYS 0x8
#define KEY_NOTIFY 0x10
#define KEY_CREATE_LINK 0x20
#define KEY_WOW64_64KEY 0x100
#define KEY_WOW64_32KEY 0x200
#define KEY_READ 0x20019
#define KEY_WRITE 0x20006
#define KEY_EXECUTE 0x20019
#define KEY_ALL_ACCESS 0xF003F
typedef ACCESS_MASK REGSAM;
typedef LONG LSTATUS;

OVL_BEGIN
WINADVAPI LSTATUS WINAPI RegOpenKeyExA(HKEY key, LPCSTR name, DWORD options, REGSAM access, PHKEY to) OVL_SYMBOL(RegOpenKeyExA);
WINADVAPI LSTATUS WINAPI RegOpenKeyExW(HKEY key, LPCWSTR name, DWORD options, REGSAM access, PHKEY to) OVL_SYMBOL(RegOpenKeyExW);
WINADVAPI LSTATUS WINAPI RegOpenKeyA(HKEY key, LPCSTR name, PHKEY to) OVL_SYMBOL(RegOpenKeyA);
WINADVAPI LSTATUS WINAPI RegOpenKeyW(HKEY key, LPCWSTR name, PHKEY to) OVL_SYMBOL(RegOpenKeyW);
WINADVAPI LSTATUS WINAPI RegEnumValueA(HKEY key, DWORD number, LPSTR name, LPDWORD room, LPDWORD reserved, LPDWORD type, LPBYTE to,
                                       LPDWORD bytes) OVL_SYMBOL(RegEnumValueA);
WINADVAPI LSTATUS WINAPI RegEnumValueW(HKEY key, DWORD number, LPWSTR name, LPDWORD room, LPDWORD reserved, LPDWORD type, LPBYTE to,
                                       LPDWORD bytes) OVL_SYMBOL(RegEnumValueW);
WINADVAPI LSTATUS WINAPI RegQueryInfoKeyA(HKEY key, LPSTR of, LPDWORD ofRoom, LPDWORD reserved, LPDWORD keys, LPDWORD keyUnits,
                                          LPDWORD mostOfUnits, LPDWORD values, LPDWORD nameUnits, LPDWORD bytes, LPDWORD descriptorBytes,
                                          PFILETIME written) OVL_SYMBOL(RegQueryInfoKeyA);
WINADVAPI LSTATUS WINAPI RegQueryInfoKeyW(HKEY key, LPWSTR of, LPDWORD ofRoom, LPDWORD reserved, LPDWORD keys, LPDWORD keyUnits,
                                          LPDWORD mostOfUnits, LPDWORD values, LPDWORD nameUnits, LPDWORD bytes, LPDWORD descriptorBytes,
                                          PFILETIME written) OVL_SYMBOL(RegQueryInfoKeyW);
WINADVAPI LSTATUS WINAPI RegCloseKey(HKEY key) OVL_SYMBOL(RegCloseKey);
WINADVAPI LSTATUS WINAPI RegEnumKeyExA(HKEY key, DWORD number, LPSTR to, LPDWORD room, LPDWORD reserved, LPSTR of, LPDWORD ofRoom,
                                       PFILETIME written) OVL_SYMBOL(RegEnumKeyExA);
WINADVAPI LSTATUS WINAPI RegEnumKeyExW(HKEY key, DWORD number, LPWSTR to, LPDWORD room, LPDWORD reserved, LPWSTR of, LPDWORD ofRoom,
                                       PFILETIME written) OVL_SYMBOL(RegEnumKeyExW);
WINADVAPI LSTATUS WINAPI RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, LPBYTE to, LPDWORD bytes)
    OVL_SYMBOL(RegQueryValueExA);
WINADVAPI LSTATUS WINAPI RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, LPBYTE to, LPDWORD bytes)
    OVL_SYMBOL(RegQueryValueExW);
WINADVAPI LSTATUS WINAPI RegGetValueA(HKEY key, LPCSTR subkey, LPCSTR name, DWORD flags, LPDWORD type, PVOID to, LPDWORD bytes)
    OVL_SYMBOL(RegGetValueA);
WINADVAPI LSTATUS WINAPI RegGetValueW(HKEY key, LPCWSTR subkey, LPCWSTR name, DWORD flags, LPDWORD type, PVOID to, LPDWORD bytes)
    OVL_SYMBOL(RegGetValueW);
/* Nothing can be added, changed or taken away: access denied. */
WINADVAPI LSTATUS WINAPI RegCreateKeyA(HKEY key, LPCSTR name, PHKEY to) OVL_SYMBOL(RegCreateKeyA);
WINADVAPI LSTATUS WINAPI RegCreateKeyW(HKEY key, LPCWSTR name, PHKEY to) OVL_SYMBOL(RegCreateKeyW);
WINADVAPI LSTATUS WINAPI RegCreateKeyExA(HKEY key, LPCSTR name, DWORD reserved, LPSTR of, DWORD options, REGSAM access,
                                         const SECURITY_ATTRIBUTES *security, PHKEY to, LPDWORD disposition)
    OVL_SYMBOL(RegCreateKeyExA);
WINADVAPI LSTATUS WINAPI RegCreateKeyExW(HKEY key, LPCWSTR name, DWORD reserved, LPWSTR of, DWORD options, REGSAM access,
                                         const SECURITY_ATTRIBUTES *security, PHKEY to, LPDWORD disposition)
    OVL_SYMBOL(RegCreateKeyExW);
WINADVAPI LSTATUS WINAPI RegSetValueExA(HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE *from, DWORD bytes)
    OVL_SYMBOL(RegSetValueExA);
WINADVAPI LSTATUS WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *from, DWORD bytes)
    OVL_SYMBOL(RegSetValueExW);
WINADVAPI LSTATUS WINAPI RegDeleteKeyA(HKEY key, LPCSTR name) OVL_SYMBOL(RegDeleteKeyA);
WINADVAPI LSTATUS WINAPI RegDeleteKeyW(HKEY key, LPCWSTR name) OVL_SYMBOL(RegDeleteKeyW);
WINADVAPI LSTATUS WINAPI RegDeleteKeyExA(HKEY key, LPCSTR name, REGSAM view, DWORD reserved) OVL_SYMBOL(RegDeleteKeyExA);
WINADVAPI LSTATUS WINAPI RegDeleteKeyExW(HKEY key, LPCWSTR name, REGSAM view, DWORD reserved) OVL_SYMBOL(RegDeleteKeyExW);
WINADVAPI LSTATUS WINAPI RegSetValueA(HKEY key, LPCSTR name, DWORD type, LPCSTR text, DWORD bytes) OVL_SYMBOL(RegSetValueA);
WINADVAPI LSTATUS WINAPI RegSetValueW(HKEY key, LPCWSTR name, DWORD type, LPCWSTR text, DWORD bytes) OVL_SYMBOL(RegSetValueW);
WINADVAPI LSTATUS WINAPI RegSaveKeyA(HKEY key, LPCSTR file, const SECURITY_ATTRIBUTES *security) OVL_SYMBOL(RegSaveKeyA);
WINADVAPI LSTATUS WINAPI RegSaveKeyW(HKEY key, LPCWSTR file, const SECURITY_ATTRIBUTES *security) OVL_SYMBOL(RegSaveKeyW);
WINADVAPI LSTATUS WINAPI RegLoadKeyA(HKEY key, LPCSTR name, LPCSTR file) OVL_SYMBOL(RegLoadKeyA);
WINADVAPI LSTATUS WINAPI RegLoadKeyW(HKEY key, LPCWSTR name, LPCWSTR file) OVL_SYMBOL(RegLoadKeyW);
WINADVAPI LSTATUS WINAPI RegFlushKey(HKEY key) OVL_SYMBOL(RegFlushKey);
WINADVAPI LSTATUS WINAPI RegQueryValueA(HKEY key, LPCSTR name, LPSTR to, PLONG bytes) OVL_SYMBOL(RegQueryValueA);
WINADVAPI LSTATUS WINAPI RegQueryValueW(HKEY key, LPCWSTR name, LPWSTR to, PLONG bytes) OVL_SYMBOL(RegQueryValueW);
WINADVAPI LSTATUS WINAPI RegConnectRegistryA(LPCSTR computer, HKEY key, PHKEY to) OVL_SYMBOL(RegConnectRegistryA);
WINADVAPI LSTATUS WINAPI RegConnectRegistryW(LPCWSTR computer, HKEY key, PHKEY to) OVL_SYMBOL(RegConnectRegistryW);
WINADVAPI LSTATUS WINAPI RegDeleteValueA(HKEY key, LPCSTR name) OVL_SYMBOL(RegDeleteValueA);
WINADVAPI LSTATUS WINAPI RegDeleteValueW(HKEY key, LPCWSTR name) OVL_SYMBOL(RegDeleteValueW);
WINADVAPI BOOL WINAPI InitiateSystemShutdownA(LPSTR computer, LPSTR message, DWORD seconds, BOOL force, BOOL restart)
    OVL_SYMBOL(InitiateSystemShutdownA);
WINADVAPI BOOL WINAPI InitiateSystemShutdownW(LPWSTR computer, LPWSTR message, DWORD seconds, BOOL force, BOOL restart)
    OVL_SYMBOL(InitiateSystemShutdownW);
WINADVAPI BOOL WINAPI InitiateSystemShutdownExA(LPSTR computer, LPSTR message, DWORD seconds, BOOL force, BOOL restart,
                                                DWORD reason) OVL_SYMBOL(InitiateSystemShutdownExA);
WINADVAPI BOOL WINAPI InitiateSystemShutdownExW(LPWSTR computer, LPWSTR message, DWORD seconds, BOOL force, BOOL restart,
                                                DWORD reason) OVL_SYMBOL(InitiateSystemShutdownExW);
WINADVAPI DWORD WINAPI InitiateShutdownA(LPSTR computer, LPSTR message, DWORD seconds, DWORD flags, DWORD reason)
    OVL_SYMBOL(InitiateShutdownA);
WINADVAPI DWORD WINAPI InitiateShutdownW(LPWSTR computer, LPWSTR message, DWORD seconds, DWORD flags, DWORD reason)
    OVL_SYMBOL(InitiateShutdownW);
WINADVAPI BOOL WINAPI AbortSystemShutdownA(LPCSTR computer) OVL_SYMBOL(AbortSystemShutdownA);
WINADVAPI BOOL WINAPI AbortSystemShutdownW(LPCWSTR computer) OVL_SYMBOL(AbortSystemShutdownW);
#define InitiateSystemShutdown OVL_AW(InitiateSystemShutdown)
#define InitiateSystemShutdownEx OVL_AW(InitiateSystemShutdownEx)
#define InitiateShutdown OVL_AW(InitiateShutdown)
#define AbortSystemShutdown OVL_AW(AbortSystemShutdown)
OVL_END
#define REG_OPTION_NON_VOLATILE 0x0
#define REG_OPTION_RESERVED 0x0
#define REG_OPTION_VOLATILE 0x1
#define REG_OPTION_CREATE_LINK 0x2
#define REG_OPTION_BACKUP_RESTORE 0x4
#define REG_OPTION_OPEN_LINK 0x8
#define REG_OPTION_DONT_VIRTUALIZE 0x10
#define REG_LEGAL_OPTION 0x1F
#define REG_WHOLE_HIVE_VOLATILE 0x1
#define REG_REFRESH_HIVE 0x2
#define REG_NO_LAZY_FLUSH 0x4
#define REG_FORCE_RESTORE 0x8
#define REG_NOTIFY_CHANGE_NAME 0x1
#define REG_NOTIFY_CHANGE_ATTRIBUTES 0x2
#define REG_NOTIFY_CHANGE_LAST_SET 0x4
#define REG_NOTIFY_CHANGE_SECURITY 0x8
#define REG_NOTIFY_THREAD_AGNOSTIC 0x10000000
#define REG_LEGAL_CHANGE_FILTER 0x1000000F
#define REG_CREATED_NEW_KEY 1
#define REG_OPENED_EXISTING_KEY 2
#define RegCreateKey OVL_AW(RegCreateKey)
#define RegCreateKeyEx OVL_AW(RegCreateKeyEx)
#define RegSetValueEx OVL_AW(RegSetValueEx)
#define RegDeleteKey OVL_AW(RegDeleteKey)
#define RegDeleteKeyEx OVL_AW(RegDeleteKeyEx)
#define RegSetValue OVL_AW(RegSetValue)
#define RegSaveKey OVL_AW(RegSaveKey)
#define RegLoadKey OVL_AW(RegLoadKey)
#define RegQueryValue OVL_AW(RegQueryValue)
#define RegConnectRegistry OVL_AW(RegConnectRegistry)
#define RegDeleteValue OVL_AW(RegDeleteValue)
#define RegOpenKey OVL_AW(RegOpenKey)
#define RegEnumValue OVL_AW(RegEnumValue)
#define RegQueryInfoKey OVL_AW(RegQueryInfoKey)
#define RegOpenKeyEx OVL_AW(RegOpenKeyEx)
#define RegEnumKeyEx OVL_AW(RegEnumKeyEx)
#define RegQueryValueEx OVL_AW(RegQueryValueEx)
#define RegGetValue OVL_AW(RegGetValue)

#endif
