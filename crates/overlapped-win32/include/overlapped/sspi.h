/* The types of security packages, of which there are none; programs include it for what comes along. */
#ifndef OVL_SSPI_H
#define OVL_SSPI_H
#include "minwinbase.h"

#ifndef SEC_ENTRY
#define SEC_ENTRY __stdcall
#endif
typedef WCHAR SEC_WCHAR;
typedef CHAR SEC_CHAR;
typedef LONG SECURITY_STATUS;
typedef struct _SecHandle {
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle, CredHandle, *PCredHandle, CtxtHandle, *PCtxtHandle;
OVL_SIZE(SecHandle, 16);

#endif
