/* Of the shell: the words of a command line. */
#ifndef OVL_SHELLAPI_H
#define OVL_SHELLAPI_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR line, int *count) OVL_SYMBOL(CommandLineToArgvW);
OVL_END

#endif
