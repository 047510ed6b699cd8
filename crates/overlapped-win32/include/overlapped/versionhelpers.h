/* Is Windows new enough? It is the version that GetVersionEx tells. */
#ifndef OVL_VERSIONHELPERS_H
#define OVL_VERSIONHELPERS_H
#include <string.h>
#include "winbase.h"

#define VERSIONHELPERAPI OVL_INLINE BOOL

OVL_INLINE BOOL IsWindowsVersionOrGreater(WORD major, WORD minor, WORD servicePack) {
    OSVERSIONINFOEXW wanted;
    const DWORDLONG mask =
        VerSetConditionMask(VerSetConditionMask(VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL), VER_MINORVERSION,
                                                VER_GREATER_EQUAL),
                            VER_SERVICEPACKMAJOR, VER_GREATER_EQUAL);
    memset(&wanted, 0, sizeof wanted);
    wanted.dwOSVersionInfoSize = sizeof wanted;
    wanted.dwMajorVersion = major;
    wanted.dwMinorVersion = minor;
    wanted.wServicePackMajor = servicePack;
    return VerifyVersionInfoW(&wanted, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR, mask) != FALSE;
}
OVL_INLINE BOOL IsWindowsXPOrGreater(VOID) { return IsWindowsVersionOrGreater(5, 1, 0); }
OVL_INLINE BOOL IsWindowsXPSP1OrGreater(VOID) { return IsWindowsVersionOrGreater(5, 1, 1); }
OVL_INLINE BOOL IsWindowsXPSP2OrGreater(VOID) { return IsWindowsVersionOrGreater(5, 1, 2); }
OVL_INLINE BOOL IsWindowsXPSP3OrGreater(VOID) { return IsWindowsVersionOrGreater(5, 1, 3); }
OVL_INLINE BOOL IsWindowsVistaOrGreater(VOID) { return IsWindowsVersionOrGreater(6, 0, 0); }
OVL_INLINE BOOL IsWindowsVistaSP1OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 0, 1); }
OVL_INLINE BOOL IsWindowsVistaSP2OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 0, 2); }
OVL_INLINE BOOL IsWindows7OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 1, 0); }
OVL_INLINE BOOL IsWindows7SP1OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 1, 1); }
OVL_INLINE BOOL IsWindows8OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 2, 0); }
OVL_INLINE BOOL IsWindows8Point1OrGreater(VOID) { return IsWindowsVersionOrGreater(6, 3, 0); }
OVL_INLINE BOOL IsWindowsThresholdOrGreater(VOID) { return IsWindowsVersionOrGreater(10, 0, 0); }
OVL_INLINE BOOL IsWindows10OrGreater(VOID) { return IsWindowsVersionOrGreater(10, 0, 0); }
OVL_INLINE BOOL IsWindowsServer(VOID) {
    OSVERSIONINFOEXW workstation;
    memset(&workstation, 0, sizeof workstation);
    workstation.dwOSVersionInfoSize = sizeof workstation;
    workstation.wProductType = VER_NT_WORKSTATION;
    return !VerifyVersionInfoW(&workstation, VER_PRODUCT_TYPE, VerSetConditionMask(0, VER_PRODUCT_TYPE, VER_EQUAL));
}

#endif
