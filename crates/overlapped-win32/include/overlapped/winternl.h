/* Of the native level: what programs reach for, and mostly look up by name. */
#ifndef OVL_WINTERNL_H
#define OVL_WINTERNL_H
#include "windef.h"

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)
#define NT_INFORMATION(status) ((ULONG)(status) >> 30 == 1)
#define NT_WARNING(status) ((ULONG)(status) >> 30 == 2)
#define NT_ERROR(status) ((ULONG)(status) >> 30 == 3)
/* Offsets with a meaning of their own, with a high half of -1. */
#define FILE_WRITE_TO_END_OF_FILE 0xFFFFFFFF
#define FILE_USE_FILE_POINTER_POSITION 0xFFFFFFFE

/* NtCreateFile: dispositions and options. */
#define FILE_SUPERSEDE 0
#define FILE_OPEN 1
#define FILE_CREATE 2
#define FILE_OPEN_IF 3
#define FILE_OVERWRITE 4
#define FILE_OVERWRITE_IF 5
#define FILE_DIRECTORY_FILE 0x1
#define FILE_WRITE_THROUGH 0x2
#define FILE_SEQUENTIAL_ONLY 0x4
#define FILE_SYNCHRONOUS_IO_ALERT 0x10
#define FILE_SYNCHRONOUS_IO_NONALERT 0x20
#define FILE_NON_DIRECTORY_FILE 0x40
#define OBJ_INHERIT 0x2
#define OBJ_CASE_INSENSITIVE 0x40

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;
OVL_SIZE(UNICODE_STRING, 16);
typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING;
typedef const STRING *PCANSI_STRING, *PCOEM_STRING;
OVL_SIZE(STRING, 16);
typedef const char *PCSZ;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
OVL_SIZE(OBJECT_ATTRIBUTES, 48);
#define InitializeObjectAttributes(to, name, attributes, root, security) \
    ((to)->Length = sizeof(OBJECT_ATTRIBUTES), (to)->RootDirectory = (root), (to)->Attributes = (attributes), \
     (to)->ObjectName = (name), (to)->SecurityDescriptor = (security), (to)->SecurityQualityOfService = NULL)

typedef struct _IO_STATUS_BLOCK {
    __extension__ union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;
OVL_SIZE(IO_STATUS_BLOCK, 16);
typedef VOID(NTAPI *PIO_APC_ROUTINE)(PVOID context, PIO_STATUS_BLOCK block, ULONG reserved);

typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1,
    FileFullDirectoryInformation,
    FileBothDirectoryInformation,
    FileBasicInformation,
    FileStandardInformation,
    FileInternalInformation,
    FileEaInformation,
    FileAccessInformation,
    FileNameInformation,
    FileRenameInformation,
    FileNamesInformation = 12,
    FileDispositionInformation,
    FilePositionInformation,
    FileModeInformation = 16,
    FileAlignmentInformation,
    FileAllInformation,
    FileAllocationInformation,
    FileEndOfFileInformation,
    FilePipeInformation = 23,
    FilePipeLocalInformation,
    FileNetworkOpenInformation = 34,
    FileAttributeTagInformation,
    FileIdBothDirectoryInformation = 37,
    FileIdFullDirectoryInformation,
    FileDispositionInformationEx = 64,
    FileRenameInformationEx
} FILE_INFORMATION_CLASS;
typedef enum _FSINFOCLASS {
    FileFsVolumeInformation = 1,
    FileFsSizeInformation = 3,
    FileFsDeviceInformation,
    FileFsAttributeInformation,
    FileFsFullSizeInformation = 7
} FS_INFORMATION_CLASS;
typedef enum _PROCESSINFOCLASS {
    ProcessBasicInformation = 0,
    ProcessWow64Information = 26,
    ProcessImageFileName = 27
} PROCESSINFOCLASS;
typedef enum _SYSTEM_INFORMATION_CLASS {
    SystemBasicInformation = 0,
    SystemProcessorPerformanceInformation = 8
} SYSTEM_INFORMATION_CLASS;

typedef struct _PROCESS_BASIC_INFORMATION {
    NTSTATUS ExitStatus;
    PVOID PebBaseAddress;
    ULONG_PTR AffinityMask;
    LONG BasePriority;
    ULONG_PTR UniqueProcessId;
    ULONG_PTR InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION, *PPROCESS_BASIC_INFORMATION;
OVL_SIZE(PROCESS_BASIC_INFORMATION, 48);
typedef struct _SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION {
    LARGE_INTEGER IdleTime;
    LARGE_INTEGER KernelTime;
    LARGE_INTEGER UserTime;
    LARGE_INTEGER Reserved1[2];
    ULONG Reserved2;
} SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, *PSYSTEM_PROCESSOR_PERFORMANCE_INFORMATION;
OVL_SIZE(SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, 48);

OVL_BEGIN
NTSTATUS NTAPI NtClose(HANDLE object) OVL_SYMBOL(NtClose);
NTSTATUS NTAPI NtCreateKeyedEvent(PHANDLE to, ACCESS_MASK access, POBJECT_ATTRIBUTES what, ULONG flags) OVL_SYMBOL(NtCreateKeyedEvent);
NTSTATUS NTAPI NtWaitForKeyedEvent(HANDLE event, PVOID key, BOOLEAN alertable, PLARGE_INTEGER timeout)
    OVL_SYMBOL(NtWaitForKeyedEvent);
NTSTATUS NTAPI NtReleaseKeyedEvent(HANDLE event, PVOID key, BOOLEAN alertable, PLARGE_INTEGER timeout)
    OVL_SYMBOL(NtReleaseKeyedEvent);
NTSTATUS NTAPI NtCreateFile(PHANDLE to, ACCESS_MASK access, POBJECT_ATTRIBUTES what, PIO_STATUS_BLOCK block, PLARGE_INTEGER size,
                            ULONG attributes, ULONG share, ULONG disposition, ULONG options, PVOID extended, ULONG extendedBytes)
    OVL_SYMBOL(NtCreateFile);
NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE file, HANDLE event, PIO_APC_ROUTINE routine, PVOID context, PIO_STATUS_BLOCK block,
                                     ULONG code, PVOID input, ULONG inputBytes, PVOID output, ULONG outputBytes)
    OVL_SYMBOL(NtDeviceIoControlFile);
NTSTATUS NTAPI NtCancelIoFileEx(HANDLE file, PIO_STATUS_BLOCK request, PIO_STATUS_BLOCK block) OVL_SYMBOL(NtCancelIoFileEx);
NTSTATUS NTAPI NtQueryInformationFile(HANDLE file, PIO_STATUS_BLOCK block, PVOID to, ULONG bytes, FILE_INFORMATION_CLASS what)
    OVL_SYMBOL(NtQueryInformationFile);
NTSTATUS NTAPI NtSetInformationFile(HANDLE file, PIO_STATUS_BLOCK block, PVOID from, ULONG bytes, FILE_INFORMATION_CLASS what)
    OVL_SYMBOL(NtSetInformationFile);
NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE file, PIO_STATUS_BLOCK block, PVOID to, ULONG bytes, FS_INFORMATION_CLASS what)
    OVL_SYMBOL(NtQueryVolumeInformationFile);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE file, HANDLE event, PIO_APC_ROUTINE routine, PVOID context, PIO_STATUS_BLOCK block,
                                    PVOID to, ULONG bytes, FILE_INFORMATION_CLASS what, BOOLEAN single, PUNICODE_STRING mask,
                                    BOOLEAN restart) OVL_SYMBOL(NtQueryDirectoryFile);
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE process, PROCESSINFOCLASS what, PVOID to, ULONG bytes, PULONG given)
    OVL_SYMBOL(NtQueryInformationProcess);
NTSTATUS NTAPI NtQuerySystemInformation(SYSTEM_INFORMATION_CLASS what, PVOID to, ULONG bytes, PULONG given)
    OVL_SYMBOL(NtQuerySystemInformation);
NTSTATUS NTAPI RtlGetVersion(LPOSVERSIONINFOW to) OVL_SYMBOL(RtlGetVersion);
VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING to, PCWSTR text) OVL_SYMBOL(RtlInitUnicodeString);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status) OVL_SYMBOL(RtlNtStatusToDosError);
VOID NTAPI RtlInitAnsiString(PANSI_STRING to, PCSZ text) OVL_SYMBOL(RtlInitAnsiString);
VOID NTAPI RtlInitString(PSTRING to, PCSZ text) OVL_SYMBOL(RtlInitString);
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING to, PCSZ text) OVL_SYMBOL(RtlInitAnsiStringEx);
NTSTATUS NTAPI RtlInitStringEx(PSTRING to, PCSZ text) OVL_SYMBOL(RtlInitStringEx);
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate)
    OVL_SYMBOL(RtlAnsiStringToUnicodeString);
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
    OVL_SYMBOL(RtlUnicodeStringToAnsiString);
NTSTATUS NTAPI RtlUnicodeStringToOemString(POEM_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
    OVL_SYMBOL(RtlUnicodeStringToOemString);
VOID NTAPI RtlFreeAnsiString(PANSI_STRING string) OVL_SYMBOL(RtlFreeAnsiString);
VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING string) OVL_SYMBOL(RtlFreeUnicodeString);
VOID NTAPI RtlFreeOemString(POEM_STRING string) OVL_SYMBOL(RtlFreeOemString);
NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG to, PWCH text, ULONG bytes) OVL_SYMBOL(RtlUnicodeToMultiByteSize);
NTSTATUS NTAPI RtlCharToInteger(PCSZ text, ULONG base, PULONG to) OVL_SYMBOL(RtlCharToInteger);
BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER time, PULONG to) OVL_SYMBOL(RtlTimeToSecondsSince1970);
NTSTATUS NTAPI RtlLocalTimeToSystemTime(PLARGE_INTEGER local, PLARGE_INTEGER to) OVL_SYMBOL(RtlLocalTimeToSystemTime);
OVL_END

#endif
