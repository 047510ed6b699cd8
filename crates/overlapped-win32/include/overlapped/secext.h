/* What the user is called: GetUserNameEx. */
#ifndef OVL_SECEXT_H
#define OVL_SECEXT_H
#include "minwinbase.h"

#ifndef SEC_ENTRY
#define SEC_ENTRY __stdcall
#endif
typedef enum {
    NameUnknown,
    NameFullyQualifiedDN,
    NameSamCompatible,
    NameDisplay,
    NameUniqueId = 6,
    NameCanonical,
    NameUserPrincipal,
    NameCanonicalEx,
    NameServicePrincipal,
    NameDnsDomain = 12,
    NameGivenName,
    NameSurname
} EXTENDED_NAME_FORMAT, *PEXTENDED_NAME_FORMAT;

OVL_BEGIN
BOOLEAN SEC_ENTRY GetUserNameExA(EXTENDED_NAME_FORMAT format, LPSTR to, PULONG size) OVL_SYMBOL(GetUserNameExA);
BOOLEAN SEC_ENTRY GetUserNameExW(EXTENDED_NAME_FORMAT format, LPWSTR to, PULONG size) OVL_SYMBOL(GetUserNameExW);
OVL_END
#define GetUserNameEx OVL_AW(GetUserNameEx)

#endif
