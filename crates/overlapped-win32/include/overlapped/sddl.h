/* Identifiers of users and groups as text. */
#ifndef OVL_SDDL_H
#define OVL_SDDL_H
#include "windows.h"

#define SDDL_REVISION_1 1

OVL_BEGIN
WINADVAPI BOOL WINAPI ConvertSidToStringSidA(PSID sid, LPSTR *to) OVL_SYMBOL(ConvertSidToStringSidA);
WINADVAPI BOOL WINAPI ConvertSidToStringSidW(PSID sid, LPWSTR *to) OVL_SYMBOL(ConvertSidToStringSidW);
OVL_END
#define ConvertSidToStringSid OVL_AW(ConvertSidToStringSid)

#endif
