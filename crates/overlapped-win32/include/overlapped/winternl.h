/* Of the native level: what programs reach for. */
#ifndef OVL_WINTERNL_H
#define OVL_WINTERNL_H
#include "windef.h"

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)
/* Offsets with a meaning of their own, with a high half of -1. */
#define FILE_WRITE_TO_END_OF_FILE 0xFFFFFFFF
#define FILE_USE_FILE_POINTER_POSITION 0xFFFFFFFE
#define NT_ERROR(status) ((ULONG)(status) >> 30 == 3)

OVL_BEGIN
NTSTATUS NTAPI NtClose(HANDLE object) OVL_SYMBOL(NtClose);
NTSTATUS NTAPI RtlGetVersion(LPOSVERSIONINFOW to) OVL_SYMBOL(RtlGetVersion);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status) OVL_SYMBOL(RtlNtStatusToDosError);
OVL_END

#endif
