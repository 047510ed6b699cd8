/* What a version says. */
#ifndef OVL_VERRSRC_H
#define OVL_VERRSRC_H
#include "minwindef.h"
#define VS_FFI_SIGNATURE 0xFEEF04BD
#define VS_FFI_STRUCVERSION 0x00010000
#define VS_FFI_FILEFLAGSMASK 0x3F
#define VS_FF_DEBUG 0x1
#define VS_FF_PRERELEASE 0x2
#define VOS_NT_WINDOWS32 0x40004
#define VFT_APP 1
#define VFT_DLL 2
#define VFT2_UNKNOWN 0
typedef struct tagVS_FIXEDFILEINFO {
    DWORD dwSignature;
    DWORD dwStrucVersion;
    DWORD dwFileVersionMS;
    DWORD dwFileVersionLS;
    DWORD dwProductVersionMS;
    DWORD dwProductVersionLS;
    DWORD dwFileFlagsMask;
    DWORD dwFileFlags;
    DWORD dwFileOS;
    DWORD dwFileType;
    DWORD dwFileSubtype;
    DWORD dwFileDateMS;
    DWORD dwFileDateLS;
} VS_FIXEDFILEINFO;
OVL_SIZE(VS_FIXEDFILEINFO, 52);

#endif
