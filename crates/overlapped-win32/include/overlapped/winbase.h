/* The rest of the kernel's functions, and the constants of files, waits, pipes and serial ports. */
#ifndef OVL_WINBASE_H
#define OVL_WINBASE_H
#include "minwinbase.h"
#include "errhandlingapi.h"
#include "fileapi.h"
#include "handleapi.h"
#include "heapapi.h"
#include "interlockedapi.h"
#include "ioapiset.h"
#include "libloaderapi.h"
#include "memoryapi.h"
#include "namedpipeapi.h"
#include "processenv.h"
#include "processthreadsapi.h"
#include "jobapi.h"
#include "jobapi2.h"
#include "profileapi.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "threadpoolapiset.h"
#include "threadpoollegacyapiset.h"
#include "timezoneapi.h"
#include "utilapiset.h"
#include "wow64apiset.h"
#include "debugapi.h"
#include "fibersapi.h"
#include "processtopologyapi.h"
#include "securitybaseapi.h"

/* ---- Handles. */
#define HANDLE_FLAG_INHERIT 0x1
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x2
#define FILE_TYPE_UNKNOWN 0x0
#define FILE_TYPE_DISK 0x1
#define FILE_TYPE_CHAR 0x2
#define FILE_TYPE_PIPE 0x3
#define FILE_TYPE_REMOTE 0x8000
#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

/* ---- Waits. */
#define INFINITE 0xFFFFFFFF
#define WAIT_OBJECT_0 ((DWORD)0x00000000)
#define WAIT_ABANDONED ((DWORD)0x00000080)
#define WAIT_ABANDONED_0 ((DWORD)0x00000080)
#define WAIT_IO_COMPLETION ((DWORD)0x000000C0)
#define WAIT_FAILED ((DWORD)0xFFFFFFFF)

/* ---- Files. */
#define FILE_FLAG_WRITE_THROUGH 0x80000000
#define FILE_FLAG_OVERLAPPED 0x40000000
#define FILE_FLAG_NO_BUFFERING 0x20000000
#define FILE_FLAG_RANDOM_ACCESS 0x10000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000
#define FILE_FLAG_SESSION_AWARE 0x00800000
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_OPEN_NO_RECALL 0x00100000
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000
#define FILE_FLAG_OPEN_REQUIRING_OPLOCK 0x00040000
#define SECURITY_SQOS_PRESENT 0x00100000
#define SECURITY_ANONYMOUS 0x00000000
#define SECURITY_IDENTIFICATION 0x00010000
#define SECURITY_IMPERSONATION 0x00020000
#define SECURITY_DELEGATION 0x00030000
#define SECURITY_CONTEXT_TRACKING 0x00040000
#define SECURITY_EFFECTIVE_ONLY 0x00080000
#define FILE_BEGIN 0
#define FILE_CURRENT 1
#define FILE_END 2
#define VOLUME_NAME_DOS 0x0
#define VOLUME_NAME_GUID 0x1
#define VOLUME_NAME_NT 0x2
#define VOLUME_NAME_NONE 0x4
#define FILE_NAME_NORMALIZED 0x0
#define FILE_NAME_OPENED 0x8
#define REPLACEFILE_WRITE_THROUGH 0x1
#define REPLACEFILE_IGNORE_MERGE_ERRORS 0x2
#define REPLACEFILE_IGNORE_ACL_ERRORS 0x4
#define SYMBOLIC_LINK_FLAG_DIRECTORY 0x1
#define SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE 0x2
#define MOVEFILE_REPLACE_EXISTING 0x1
#define MOVEFILE_COPY_ALLOWED 0x2
#define MOVEFILE_DELAY_UNTIL_REBOOT 0x4
#define MOVEFILE_WRITE_THROUGH 0x8
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x20
#define COPY_FILE_FAIL_IF_EXISTS 0x1
#define COPY_FILE_RESTARTABLE 0x2
#define COPY_FILE_OPEN_SOURCE_FOR_WRITE 0x4
#define COPY_FILE_ALLOW_DECRYPTED_DESTINATION 0x8
#define COPY_FILE_NO_BUFFERING 0x1000
#define PROGRESS_CONTINUE 0
#define PROGRESS_CANCEL 1
#define PROGRESS_STOP 2
#define PROGRESS_QUIET 3
#define CALLBACK_CHUNK_FINISHED 0
#define CALLBACK_STREAM_SWITCH 1
#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 2
#define FILE_SKIP_SET_USER_EVENT_ON_FAST_IO 4
#define DRIVE_UNKNOWN 0
#define DRIVE_NO_ROOT_DIR 1
#define DRIVE_REMOVABLE 2
#define DRIVE_FIXED 3
#define DRIVE_REMOTE 4
#define DRIVE_CDROM 5
#define DRIVE_RAMDISK 6

/* True once the request is no longer pending. */
#define HasOverlappedIoCompleted(overlapped) (((DWORD)(overlapped)->Internal) != STATUS_PENDING)

typedef struct _FILE_BASIC_INFO {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;
OVL_SIZE(FILE_BASIC_INFO, 40);

typedef struct _FILE_STANDARD_INFO {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    DWORD NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;
OVL_SIZE(FILE_STANDARD_INFO, 24);

typedef struct _FILE_NAME_INFO {
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_NAME_INFO, *PFILE_NAME_INFO;
OVL_SIZE(FILE_NAME_INFO, 8);

typedef struct _FILE_RENAME_INFO {
    __extension__ union {
        BOOLEAN ReplaceIfExists;
        DWORD Flags;
    };
    HANDLE RootDirectory;
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_RENAME_INFO, *PFILE_RENAME_INFO;
OVL_SIZE(FILE_RENAME_INFO, 24);
#define FILE_RENAME_FLAG_REPLACE_IF_EXISTS 0x1
#define FILE_RENAME_FLAG_POSIX_SEMANTICS 0x2

typedef struct _FILE_DISPOSITION_INFO {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;
OVL_SIZE(FILE_DISPOSITION_INFO, 1);

typedef struct _FILE_DISPOSITION_INFO_EX {
    DWORD Flags;
} FILE_DISPOSITION_INFO_EX, *PFILE_DISPOSITION_INFO_EX;
OVL_SIZE(FILE_DISPOSITION_INFO_EX, 4);
#define FILE_DISPOSITION_FLAG_DO_NOT_DELETE 0x0
#define FILE_DISPOSITION_FLAG_DELETE 0x1
#define FILE_DISPOSITION_FLAG_POSIX_SEMANTICS 0x2
#define FILE_DISPOSITION_FLAG_FORCE_IMAGE_SECTION_CHECK 0x4
#define FILE_DISPOSITION_FLAG_ON_CLOSE 0x8
#define FILE_DISPOSITION_FLAG_IGNORE_READONLY_ATTRIBUTE 0x10

typedef struct _FILE_ALLOCATION_INFO {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;
OVL_SIZE(FILE_ALLOCATION_INFO, 8);

typedef struct _FILE_END_OF_FILE_INFO {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;
OVL_SIZE(FILE_END_OF_FILE_INFO, 8);

typedef struct _FILE_STREAM_INFO {
    DWORD NextEntryOffset;
    DWORD StreamNameLength;
    LARGE_INTEGER StreamSize;
    LARGE_INTEGER StreamAllocationSize;
    WCHAR StreamName[1];
} FILE_STREAM_INFO, *PFILE_STREAM_INFO;
OVL_SIZE(FILE_STREAM_INFO, 32);

typedef struct _FILE_COMPRESSION_INFO {
    LARGE_INTEGER CompressedFileSize;
    WORD CompressionFormat;
    UCHAR CompressionUnitShift;
    UCHAR ChunkShift;
    UCHAR ClusterShift;
    UCHAR Reserved[3];
} FILE_COMPRESSION_INFO, *PFILE_COMPRESSION_INFO;
OVL_SIZE(FILE_COMPRESSION_INFO, 16);

typedef struct _FILE_ATTRIBUTE_TAG_INFO {
    DWORD FileAttributes;
    DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO, *PFILE_ATTRIBUTE_TAG_INFO;
OVL_SIZE(FILE_ATTRIBUTE_TAG_INFO, 8);

typedef struct _FILE_ID_BOTH_DIR_INFO {
    DWORD NextEntryOffset;
    DWORD FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    DWORD FileAttributes;
    DWORD FileNameLength;
    DWORD EaSize;
    signed char ShortNameLength;
    WCHAR ShortName[12];
    LARGE_INTEGER FileId;
    WCHAR FileName[1];
} FILE_ID_BOTH_DIR_INFO, *PFILE_ID_BOTH_DIR_INFO;
OVL_SIZE(FILE_ID_BOTH_DIR_INFO, 112);

typedef struct _FILE_FULL_DIR_INFO {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    WCHAR FileName[1];
} FILE_FULL_DIR_INFO, *PFILE_FULL_DIR_INFO;
OVL_SIZE(FILE_FULL_DIR_INFO, 72);

typedef enum _PRIORITY_HINT {
    IoPriorityHintVeryLow,
    IoPriorityHintLow,
    IoPriorityHintNormal,
    MaximumIoPriorityHintType
} PRIORITY_HINT;
typedef struct _FILE_IO_PRIORITY_HINT_INFO {
    PRIORITY_HINT PriorityHint;
} FILE_IO_PRIORITY_HINT_INFO, *PFILE_IO_PRIORITY_HINT_INFO;
OVL_SIZE(FILE_IO_PRIORITY_HINT_INFO, 4);

/* Of files on other computers; FileRemoteProtocolInfo is 87 for the others, and here for all. */
typedef struct _FILE_REMOTE_PROTOCOL_INFO {
    USHORT StructureVersion;
    USHORT StructureSize;
    ULONG Protocol;
    USHORT ProtocolMajorVersion;
    USHORT ProtocolMinorVersion;
    USHORT ProtocolRevision;
    USHORT Reserved;
    ULONG Flags;
    struct {
        ULONG Reserved[8];
    } GenericReserved;
    union {
        struct {
            struct {
                ULONG Capabilities;
            } Server;
            struct {
                ULONG Capabilities;
                ULONG ShareFlags;
            } Share;
        } Smb2;
        ULONG Reserved[16];
    } ProtocolSpecific;
} FILE_REMOTE_PROTOCOL_INFO, *PFILE_REMOTE_PROTOCOL_INFO;
OVL_SIZE(FILE_REMOTE_PROTOCOL_INFO, 116);

typedef struct _FILE_STORAGE_INFO {
    ULONG LogicalBytesPerSector;
    ULONG PhysicalBytesPerSectorForAtomicity;
    ULONG PhysicalBytesPerSectorForPerformance;
    ULONG FileSystemEffectivePhysicalBytesPerSectorForAtomicity;
    ULONG Flags;
    ULONG ByteOffsetForSectorAlignment;
    ULONG ByteOffsetForPartitionAlignment;
} FILE_STORAGE_INFO, *PFILE_STORAGE_INFO;
OVL_SIZE(FILE_STORAGE_INFO, 28);

typedef struct _FILE_ALIGNMENT_INFO {
    ULONG AlignmentRequirement;
} FILE_ALIGNMENT_INFO, *PFILE_ALIGNMENT_INFO;
OVL_SIZE(FILE_ALIGNMENT_INFO, 4);

typedef struct _FILE_ID_128 {
    BYTE Identifier[16];
} FILE_ID_128, *PFILE_ID_128;
typedef struct _FILE_ID_INFO {
    ULONGLONG VolumeSerialNumber;
    FILE_ID_128 FileId;
} FILE_ID_INFO, *PFILE_ID_INFO;
OVL_SIZE(FILE_ID_INFO, 24);

typedef struct _FILE_ID_EXTD_DIR_INFO {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    ULONG ReparsePointTag;
    FILE_ID_128 FileId;
    WCHAR FileName[1];
} FILE_ID_EXTD_DIR_INFO, *PFILE_ID_EXTD_DIR_INFO;
OVL_STATIC_ASSERT(offsetof(FILE_ID_EXTD_DIR_INFO, FileName) == 88, "the name starts at 88");

/* A file by its number. */
typedef enum _FILE_ID_TYPE { FileIdType, ObjectIdType, ExtendedFileIdType, MaximumFileIdType } FILE_ID_TYPE, *PFILE_ID_TYPE;
typedef struct FILE_ID_DESCRIPTOR {
    DWORD dwSize;
    FILE_ID_TYPE Type;
    __extension__ union {
        LARGE_INTEGER FileId;
        GUID ObjectId;
        FILE_ID_128 ExtendedFileId;
    };
} FILE_ID_DESCRIPTOR, *LPFILE_ID_DESCRIPTOR;
OVL_SIZE(FILE_ID_DESCRIPTOR, 24);

/* ---- Copies that are followed by messages. */
#define COPY_FILE_COPY_SYMLINK 0x800
#define COPY_FILE_RESUME_FROM_PAUSE 0x4000
#define COPY_FILE_NO_OFFLOAD 0x40000
#define COPY_FILE_SKIP_ALTERNATE_STREAMS 0x8000
#define COPY_FILE_REQUEST_SECURITY_PRIVILEGES 0x2000
#define COPY_FILE_OPEN_AND_COPY_REPARSE_POINT 0x200000
#define COPY_FILE_IGNORE_EDP_BLOCK 0x400000
#define COPY_FILE_IGNORE_SOURCE_ENCRYPTION 0x800000
#define COPY_FILE_DONT_REQUEST_DEST_WRITE_DAC 0x2000000
#define COPY_FILE_DISABLE_PRE_ALLOCATION 0x4000000
#define COPY_FILE_ENABLE_LOW_FREE_SPACE_MODE 0x8000000
#define COPY_FILE_REQUEST_COMPRESSED_TRAFFIC 0x10000000
#define COPY_FILE_ENABLE_SPARSE_COPY 0x20000000
typedef enum _COPYFILE2_MESSAGE_TYPE {
    COPYFILE2_CALLBACK_NONE,
    COPYFILE2_CALLBACK_CHUNK_STARTED,
    COPYFILE2_CALLBACK_CHUNK_FINISHED,
    COPYFILE2_CALLBACK_STREAM_STARTED,
    COPYFILE2_CALLBACK_STREAM_FINISHED,
    COPYFILE2_CALLBACK_POLL_CONTINUE,
    COPYFILE2_CALLBACK_ERROR,
    COPYFILE2_CALLBACK_MAX
} COPYFILE2_MESSAGE_TYPE;
typedef enum _COPYFILE2_MESSAGE_ACTION {
    COPYFILE2_PROGRESS_CONTINUE,
    COPYFILE2_PROGRESS_CANCEL,
    COPYFILE2_PROGRESS_STOP,
    COPYFILE2_PROGRESS_QUIET,
    COPYFILE2_PROGRESS_PAUSE
} COPYFILE2_MESSAGE_ACTION;
typedef enum _COPYFILE2_COPY_PHASE {
    COPYFILE2_PHASE_NONE,
    COPYFILE2_PHASE_PREPARE_SOURCE,
    COPYFILE2_PHASE_PREPARE_DEST,
    COPYFILE2_PHASE_READ_SOURCE,
    COPYFILE2_PHASE_WRITE_DESTINATION,
    COPYFILE2_PHASE_SERVER_COPY,
    COPYFILE2_PHASE_NAMEGRAFT_COPY,
    COPYFILE2_PHASE_MAX
} COPYFILE2_COPY_PHASE;
typedef struct COPYFILE2_MESSAGE {
    COPYFILE2_MESSAGE_TYPE Type;
    DWORD dwPadding;
    union {
        struct {
            DWORD dwStreamNumber;
            DWORD dwReserved;
            HANDLE hSourceFile;
            HANDLE hDestinationFile;
            ULARGE_INTEGER uliChunkNumber;
            ULARGE_INTEGER uliChunkSize;
            ULARGE_INTEGER uliStreamSize;
            ULARGE_INTEGER uliTotalFileSize;
        } ChunkStarted;
        struct {
            DWORD dwStreamNumber;
            DWORD dwFlags;
            HANDLE hSourceFile;
            HANDLE hDestinationFile;
            ULARGE_INTEGER uliChunkNumber;
            ULARGE_INTEGER uliChunkSize;
            ULARGE_INTEGER uliStreamSize;
            ULARGE_INTEGER uliStreamBytesTransferred;
            ULARGE_INTEGER uliTotalFileSize;
            ULARGE_INTEGER uliTotalBytesTransferred;
        } ChunkFinished;
        struct {
            DWORD dwStreamNumber;
            DWORD dwReserved;
            HANDLE hSourceFile;
            HANDLE hDestinationFile;
            ULARGE_INTEGER uliStreamSize;
            ULARGE_INTEGER uliTotalFileSize;
        } StreamStarted;
        struct {
            DWORD dwStreamNumber;
            DWORD dwReserved;
            HANDLE hSourceFile;
            HANDLE hDestinationFile;
            ULARGE_INTEGER uliStreamSize;
            ULARGE_INTEGER uliStreamBytesTransferred;
            ULARGE_INTEGER uliTotalFileSize;
            ULARGE_INTEGER uliTotalBytesTransferred;
        } StreamFinished;
        struct {
            DWORD dwReserved;
        } PollContinue;
        struct {
            COPYFILE2_COPY_PHASE CopyPhase;
            DWORD dwStreamNumber;
            HRESULT hrFailure;
            DWORD dwReserved;
            ULARGE_INTEGER uliChunkNumber;
            ULARGE_INTEGER uliStreamSize;
            ULARGE_INTEGER uliStreamBytesTransferred;
            ULARGE_INTEGER uliTotalFileSize;
            ULARGE_INTEGER uliTotalBytesTransferred;
        } Error;
    } Info;
} COPYFILE2_MESSAGE;
OVL_SIZE(COPYFILE2_MESSAGE, 80);
typedef COPYFILE2_MESSAGE_ACTION(CALLBACK *PCOPYFILE2_PROGRESS_ROUTINE)(const COPYFILE2_MESSAGE *message, PVOID context);
typedef struct COPYFILE2_EXTENDED_PARAMETERS {
    DWORD dwSize;
    DWORD dwCopyFlags;
    BOOL *pfCancel;
    PCOPYFILE2_PROGRESS_ROUTINE pProgressRoutine;
    PVOID pvCallbackContext;
} COPYFILE2_EXTENDED_PARAMETERS;
OVL_SIZE(COPYFILE2_EXTENDED_PARAMETERS, 32);

/* ---- Memory on the heap of the process. */
#define GMEM_FIXED 0x0000
#define GMEM_MOVEABLE 0x0002
#define GMEM_NOCOMPACT 0x0010
#define GMEM_NODISCARD 0x0020
#define GMEM_ZEROINIT 0x0040
#define GMEM_MODIFY 0x0080
#define GMEM_DISCARDABLE 0x0100
#define GMEM_NOT_BANKED 0x1000
#define GMEM_LOWER GMEM_NOT_BANKED
#define GMEM_NOTIFY 0x4000
#define GMEM_VALID_FLAGS 0x7F72
#define GMEM_INVALID_HANDLE 0x8000
#define GMEM_DISCARDED 0x4000
#define GMEM_LOCKCOUNT 0x00FF
#define GMEM_DDESHARE 0x2000
#define GMEM_SHARE 0x2000
#define GlobalDiscard(memory) GlobalReAlloc((memory), 0, GMEM_MOVEABLE)
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)

/* ---- Messages of errors. */
#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

#define SEM_FAILCRITICALERRORS 0x0001
#define SEM_NOGPFAULTERRORBOX 0x0002
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004
#define SEM_NOOPENFILEERRORBOX 0x8000

/* ---- Threads and processes. */
#define DEBUG_PROCESS 0x00000001
#define DEBUG_ONLY_THIS_PROCESS 0x00000002
#define CREATE_SUSPENDED 0x00000004
#define DETACHED_PROCESS 0x00000008
#define CREATE_NEW_CONSOLE 0x00000010
#define NORMAL_PRIORITY_CLASS 0x00000020
#define IDLE_PRIORITY_CLASS 0x00000040
#define HIGH_PRIORITY_CLASS 0x00000080
#define REALTIME_PRIORITY_CLASS 0x00000100
#define CREATE_NEW_PROCESS_GROUP 0x00000200
#define CREATE_UNICODE_ENVIRONMENT 0x00000400
#define CREATE_SEPARATE_WOW_VDM 0x00000800
#define CREATE_SHARED_WOW_VDM 0x00001000
#define CREATE_FORCEDOS 0x00002000
#define BELOW_NORMAL_PRIORITY_CLASS 0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS 0x00008000
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define INHERIT_PARENT_AFFINITY 0x00010000
#define CREATE_PROTECTED_PROCESS 0x00040000
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000
#define PROCESS_MODE_BACKGROUND_BEGIN 0x00100000
#define PROCESS_MODE_BACKGROUND_END 0x00200000
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000
#define CREATE_PRESERVE_CODE_AUTHZ_LEVEL 0x02000000
#define CREATE_DEFAULT_ERROR_MODE 0x04000000
#define CREATE_NO_WINDOW 0x08000000
#define PROFILE_USER 0x10000000
#define PROFILE_KERNEL 0x20000000
#define PROFILE_SERVER 0x40000000
#define CREATE_IGNORE_SYSTEM_DEFAULT 0x80000000
#define THREAD_PRIORITY_IDLE (-15)
#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2
#define THREAD_PRIORITY_TIME_CRITICAL 15
#define THREAD_PRIORITY_ERROR_RETURN 0x7FFFFFFF
#define STARTF_USESHOWWINDOW 0x00000001
#define STARTF_USESIZE 0x00000002
#define STARTF_USEPOSITION 0x00000004
#define STARTF_USECOUNTCHARS 0x00000008
#define STARTF_USEFILLATTRIBUTE 0x00000010
#define STARTF_RUNFULLSCREEN 0x00000020
#define STARTF_FORCEONFEEDBACK 0x00000040
#define STARTF_FORCEOFFFEEDBACK 0x00000080
#define STARTF_USESTDHANDLES 0x00000100
#define STARTF_USEHOTKEY 0x00000200
#define STARTF_TITLEISLINKNAME 0x00000800
#define STARTF_TITLEISAPPID 0x00001000
#define STARTF_PREVENTPINNING 0x00002000
#define PROC_THREAD_ATTRIBUTE_PARENT_PROCESS 0x00020000
#define PROC_THREAD_ATTRIBUTE_HANDLE_LIST 0x00020002
#define PROC_THREAD_ATTRIBUTE_PREFERRED_NODE 0x00020004
#define PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY 0x00020007
#define PROC_THREAD_ATTRIBUTE_PROTECTION_LEVEL 0x0002000B
#define PROC_THREAD_ATTRIBUTE_JOB_LIST 0x0002000D
#define PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY 0x0002000E
#define PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE 0x00020016
typedef struct _STARTUPINFOEXA {
    STARTUPINFOA StartupInfo;
    LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXA, *LPSTARTUPINFOEXA;
typedef struct _STARTUPINFOEXW {
    STARTUPINFOW StartupInfo;
    LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXW, *LPSTARTUPINFOEXW;
typedef OVL_AW(STARTUPINFOEX) STARTUPINFOEX, *LPSTARTUPINFOEX;
OVL_SIZE(STARTUPINFOEXA, 112);
OVL_SIZE(STARTUPINFOEXW, 112);

/* ---- Pipes and mailslots. */
#define PIPE_ACCESS_INBOUND 0x1
#define PIPE_ACCESS_OUTBOUND 0x2
#define PIPE_ACCESS_DUPLEX 0x3
#define PIPE_WAIT 0x0
#define PIPE_NOWAIT 0x1
#define PIPE_READMODE_BYTE 0x0
#define PIPE_READMODE_MESSAGE 0x2
#define PIPE_TYPE_BYTE 0x0
#define PIPE_TYPE_MESSAGE 0x4
#define PIPE_ACCEPT_REMOTE_CLIENTS 0x0
#define PIPE_REJECT_REMOTE_CLIENTS 0x8
#define PIPE_CLIENT_END 0x0
#define PIPE_SERVER_END 0x1
#define PIPE_UNLIMITED_INSTANCES 255
#define NMPWAIT_USE_DEFAULT_WAIT 0x0
#define NMPWAIT_NOWAIT 0x1
#define NMPWAIT_WAIT_FOREVER 0xFFFFFFFF

/* ---- Serial ports. */
#define CBR_110 110
#define CBR_300 300
#define CBR_600 600
#define CBR_1200 1200
#define CBR_2400 2400
#define CBR_4800 4800
#define CBR_9600 9600
#define CBR_14400 14400
#define CBR_19200 19200
#define CBR_38400 38400
#define CBR_56000 56000
#define CBR_57600 57600
#define CBR_115200 115200
#define CBR_128000 128000
#define CBR_256000 256000
#define DTR_CONTROL_DISABLE 0
#define DTR_CONTROL_ENABLE 1
#define DTR_CONTROL_HANDSHAKE 2
#define RTS_CONTROL_DISABLE 0
#define RTS_CONTROL_ENABLE 1
#define RTS_CONTROL_HANDSHAKE 2
#define RTS_CONTROL_TOGGLE 3
#define NOPARITY 0
#define ODDPARITY 1
#define EVENPARITY 2
#define MARKPARITY 3
#define SPACEPARITY 4
#define ONESTOPBIT 0
#define ONE5STOPBITS 1
#define TWOSTOPBITS 2
#define EV_RXCHAR 0x1
#define EV_RXFLAG 0x2
#define EV_TXEMPTY 0x4
#define EV_CTS 0x8
#define EV_DSR 0x10
#define EV_RLSD 0x20
#define EV_BREAK 0x40
#define EV_ERR 0x80
#define EV_RING 0x100
#define EV_PERR 0x200
#define EV_RX80FULL 0x400
#define EV_EVENT1 0x800
#define EV_EVENT2 0x1000
#define PURGE_TXABORT 0x1
#define PURGE_RXABORT 0x2
#define PURGE_TXCLEAR 0x4
#define PURGE_RXCLEAR 0x8
#define CE_RXOVER 0x1
#define CE_OVERRUN 0x2
#define CE_RXPARITY 0x4
#define CE_FRAME 0x8
#define CE_BREAK 0x10
#define CE_TXFULL 0x100
#define CE_PTO 0x200
#define CE_IOE 0x400
#define CE_DNS 0x800
#define CE_OOP 0x1000
#define CE_MODE 0x8000
#define SETXON 2
#define SETRTS 3
#define SETDTR 5
#define SETXOFF 1
#define RESETDEV 7
#define SETBREAK 8
#define CLRRTS 4
#define CLRDTR 6
#define CLRBREAK 9
#define MS_CTS_ON 0x10
#define MS_DSR_ON 0x20
#define MS_RING_ON 0x40
#define MS_RLSD_ON 0x80
#define SP_SERIALCOMM 0x1
#define SP_PARITY 0x1
#define SP_BAUD 0x2
#define SP_DATABITS 0x4
#define SP_STOPBITS 0x8
#define SP_HANDSHAKING 0x10
#define SP_PARITY_CHECK 0x20
#define SP_RLSD 0x40
#define PST_UNSPECIFIED 0x0
#define PST_RS232 0x1
#define PST_PARALLELPORT 0x2
#define PST_MODEM 0x6
#define PCF_DTRDSR 0x1
#define PCF_RTSCTS 0x2
#define PCF_RLSD 0x4
#define PCF_PARITY_CHECK 0x8
#define PCF_XONXOFF 0x10
#define PCF_SETXCHAR 0x20
#define PCF_TOTALTIMEOUTS 0x40
#define PCF_INTTIMEOUTS 0x80
#define PCF_SPECIALCHARS 0x100
#define PCF_16BITMODE 0x200
#define BAUD_075 0x1
#define BAUD_110 0x2
#define BAUD_134_5 0x4
#define BAUD_150 0x8
#define BAUD_300 0x10
#define BAUD_600 0x20
#define BAUD_1200 0x40
#define BAUD_1800 0x80
#define BAUD_2400 0x100
#define BAUD_4800 0x200
#define BAUD_7200 0x400
#define BAUD_9600 0x800
#define BAUD_14400 0x1000
#define BAUD_19200 0x2000
#define BAUD_38400 0x4000
#define BAUD_56K 0x8000
#define BAUD_128K 0x10000
#define BAUD_115200 0x20000
#define BAUD_57600 0x40000
#define BAUD_USER 0x10000000
#define DATABITS_5 0x1
#define DATABITS_6 0x2
#define DATABITS_7 0x4
#define DATABITS_8 0x8
#define DATABITS_16 0x10
#define DATABITS_16X 0x20
#define STOPBITS_10 0x1
#define STOPBITS_15 0x2
#define STOPBITS_20 0x4
#define PARITY_NONE 0x100
#define PARITY_ODD 0x200
#define PARITY_EVEN 0x400
#define PARITY_MARK 0x800
#define PARITY_SPACE 0x1000
#define COMMPROP_INITIALIZED 0xE73CF52E

typedef struct _DCB {
    DWORD DCBlength;
    DWORD BaudRate;
    DWORD fBinary : 1;
    DWORD fParity : 1;
    DWORD fOutxCtsFlow : 1;
    DWORD fOutxDsrFlow : 1;
    DWORD fDtrControl : 2;
    DWORD fDsrSensitivity : 1;
    DWORD fTXContinueOnXoff : 1;
    DWORD fOutX : 1;
    DWORD fInX : 1;
    DWORD fErrorChar : 1;
    DWORD fNull : 1;
    DWORD fRtsControl : 2;
    DWORD fAbortOnError : 1;
    DWORD fDummy2 : 17;
    WORD wReserved;
    WORD XonLim;
    WORD XoffLim;
    BYTE ByteSize;
    BYTE Parity;
    BYTE StopBits;
    char XonChar;
    char XoffChar;
    char ErrorChar;
    char EofChar;
    char EvtChar;
    WORD wReserved1;
} DCB, *LPDCB;
OVL_SIZE(DCB, 28);

typedef struct _COMMTIMEOUTS {
    DWORD ReadIntervalTimeout;
    DWORD ReadTotalTimeoutMultiplier;
    DWORD ReadTotalTimeoutConstant;
    DWORD WriteTotalTimeoutMultiplier;
    DWORD WriteTotalTimeoutConstant;
} COMMTIMEOUTS, *LPCOMMTIMEOUTS;
OVL_SIZE(COMMTIMEOUTS, 20);

typedef struct _COMSTAT {
    DWORD fCtsHold : 1;
    DWORD fDsrHold : 1;
    DWORD fRlsdHold : 1;
    DWORD fXoffHold : 1;
    DWORD fXoffSent : 1;
    DWORD fEof : 1;
    DWORD fTxim : 1;
    DWORD fReserved : 25;
    DWORD cbInQue;
    DWORD cbOutQue;
} COMSTAT, *LPCOMSTAT;
OVL_SIZE(COMSTAT, 12);

typedef struct _COMMPROP {
    WORD wPacketLength;
    WORD wPacketVersion;
    DWORD dwServiceMask;
    DWORD dwReserved1;
    DWORD dwMaxTxQueue;
    DWORD dwMaxRxQueue;
    DWORD dwMaxBaud;
    DWORD dwProvSubType;
    DWORD dwProvCapabilities;
    DWORD dwSettableParams;
    DWORD dwSettableBaud;
    WORD wSettableData;
    WORD wSettableStopParity;
    DWORD dwCurrentTxQueue;
    DWORD dwCurrentRxQueue;
    DWORD dwProvSpec1;
    DWORD dwProvSpec2;
    WCHAR wcProvChar[1];
} COMMPROP, *LPCOMMPROP;
OVL_SIZE(COMMPROP, 64);

typedef struct _COMMCONFIG {
    DWORD dwSize;
    WORD wVersion;
    WORD wReserved;
    DCB dcb;
    DWORD dwProviderSubType;
    DWORD dwProviderOffset;
    DWORD dwProviderSize;
    WCHAR wcProviderData[1];
} COMMCONFIG, *LPCOMMCONFIG;
OVL_SIZE(COMMCONFIG, 52);

typedef DWORD(WINAPI *LPPROGRESS_ROUTINE)(LARGE_INTEGER size, LARGE_INTEGER done, LARGE_INTEGER streamSize, LARGE_INTEGER streamDone,
                                          DWORD stream, DWORD reason, HANDLE from, HANDLE to, LPVOID data);

OVL_BEGIN
WINBASEAPI BOOL WINAPI SetDllDirectoryA(LPCSTR name) OVL_SYMBOL(SetDllDirectoryA);
WINBASEAPI BOOL WINAPI SetDllDirectoryW(LPCWSTR name) OVL_SYMBOL(SetDllDirectoryW);
WINBASEAPI DWORD WINAPI GetDllDirectoryA(DWORD room, LPSTR to) OVL_SYMBOL(GetDllDirectoryA);
WINBASEAPI DWORD WINAPI GetDllDirectoryW(DWORD room, LPWSTR to) OVL_SYMBOL(GetDllDirectoryW);
/* ---- Files, beyond fileapi.h. */
WINBASEAPI BOOL WINAPI GetFileInformationByHandleEx(HANDLE file, FILE_INFO_BY_HANDLE_CLASS what, LPVOID to, DWORD bytes)
    OVL_SYMBOL(GetFileInformationByHandleEx);
WINBASEAPI BOOL WINAPI SetFileCompletionNotificationModes(HANDLE file, UCHAR flags) OVL_SYMBOL(SetFileCompletionNotificationModes);
WINBASEAPI BOOL WINAPI SetFileIoOverlappedRange(HANDLE file, PUCHAR start, ULONG bytes) OVL_SYMBOL(SetFileIoOverlappedRange);
WINBASEAPI BOOL WINAPI ReplaceFileA(LPCSTR replaced, LPCSTR replacement, LPCSTR backup, DWORD flags, LPVOID exclude, LPVOID reserved)
    OVL_SYMBOL(ReplaceFileA);
WINBASEAPI BOOL WINAPI ReplaceFileW(LPCWSTR replaced, LPCWSTR replacement, LPCWSTR backup, DWORD flags, LPVOID exclude,
                                    LPVOID reserved) OVL_SYMBOL(ReplaceFileW);
WINBASEAPI BOOL WINAPI CreateHardLinkA(LPCSTR name, LPCSTR existing, LPSECURITY_ATTRIBUTES security) OVL_SYMBOL(CreateHardLinkA);
WINBASEAPI BOOL WINAPI CreateHardLinkW(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security) OVL_SYMBOL(CreateHardLinkW);
WINBASEAPI BOOLEAN WINAPI CreateSymbolicLinkA(LPCSTR name, LPCSTR target, DWORD flags) OVL_SYMBOL(CreateSymbolicLinkA);
WINBASEAPI BOOLEAN WINAPI CreateSymbolicLinkW(LPCWSTR name, LPCWSTR target, DWORD flags) OVL_SYMBOL(CreateSymbolicLinkW);
WINBASEAPI HANDLE WINAPI ReOpenFile(HANDLE file, DWORD access, DWORD share, DWORD flags) OVL_SYMBOL(ReOpenFile);
WINBASEAPI BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to) OVL_SYMBOL(MoveFileA);
WINBASEAPI BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to) OVL_SYMBOL(MoveFileW);
WINBASEAPI BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags) OVL_SYMBOL(MoveFileExA);
WINBASEAPI BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags) OVL_SYMBOL(MoveFileExW);
WINBASEAPI BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL failIfExists) OVL_SYMBOL(CopyFileA);
WINBASEAPI BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL failIfExists) OVL_SYMBOL(CopyFileW);
WINBASEAPI BOOL WINAPI CreateDirectoryExA(LPCSTR like, LPCSTR name, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateDirectoryExA);
WINBASEAPI BOOL WINAPI CreateDirectoryExW(LPCWSTR like, LPCWSTR name, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateDirectoryExW);
WINBASEAPI BOOL WINAPI CopyFileExA(LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE progress, LPVOID data, LPBOOL cancel, DWORD flags)
    OVL_SYMBOL(CopyFileExA);
WINBASEAPI BOOL WINAPI CopyFileExW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID data, LPBOOL cancel, DWORD flags)
    OVL_SYMBOL(CopyFileExW);
WINBASEAPI BOOL WINAPI ReadDirectoryChangesW(HANDLE directory, LPVOID to, DWORD bytes, BOOL subtree, DWORD filter, LPDWORD done,
                                             LPOVERLAPPED overlapped, LPOVERLAPPED_COMPLETION_ROUTINE routine)
    OVL_SYMBOL(ReadDirectoryChangesW);
WINBASEAPI BOOL WINAPI ReadDirectoryChangesExW(HANDLE directory, LPVOID to, DWORD bytes, BOOL subtree, DWORD filter, LPDWORD done,
                                               LPOVERLAPPED overlapped, LPOVERLAPPED_COMPLETION_ROUTINE routine,
                                               READ_DIRECTORY_NOTIFY_INFORMATION_CLASS what) OVL_SYMBOL(ReadDirectoryChangesExW);
WINBASEAPI BOOL WINAPI MoveFileWithProgressA(LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE progress, LPVOID data, DWORD flags)
    OVL_SYMBOL(MoveFileWithProgressA);
WINBASEAPI BOOL WINAPI MoveFileWithProgressW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID data, DWORD flags)
    OVL_SYMBOL(MoveFileWithProgressW);
WINBASEAPI HRESULT WINAPI CopyFile2(PCWSTR from, PCWSTR to, COPYFILE2_EXTENDED_PARAMETERS *parameters) OVL_SYMBOL(CopyFile2);
WINBASEAPI HANDLE WINAPI OpenFileById(HANDLE hint, LPFILE_ID_DESCRIPTOR file, DWORD access, DWORD share,
                                      LPSECURITY_ATTRIBUTES security, DWORD flags) OVL_SYMBOL(OpenFileById);

/* Power, the session and clocks. */
typedef struct _SYSTEM_POWER_STATUS {
    BYTE ACLineStatus;
    BYTE BatteryFlag;
    BYTE BatteryLifePercent;
    BYTE SystemStatusFlag;
    DWORD BatteryLifeTime;
    DWORD BatteryFullLifeTime;
} SYSTEM_POWER_STATUS, *LPSYSTEM_POWER_STATUS;
OVL_SIZE(SYSTEM_POWER_STATUS, 12);
#define AC_LINE_OFFLINE 0x00
#define AC_LINE_ONLINE 0x01
#define AC_LINE_UNKNOWN 0xFF
#define BATTERY_FLAG_HIGH 0x01
#define BATTERY_FLAG_LOW 0x02
#define BATTERY_FLAG_CRITICAL 0x04
#define BATTERY_FLAG_CHARGING 0x08
#define BATTERY_FLAG_NO_BATTERY 0x80
#define BATTERY_FLAG_UNKNOWN 0xFF
#define BATTERY_PERCENTAGE_UNKNOWN 0xFF
#define BATTERY_LIFE_UNKNOWN 0xFFFFFFFF
typedef DWORD EXECUTION_STATE, *PEXECUTION_STATE;
#define ES_SYSTEM_REQUIRED ((DWORD)0x00000001)
#define ES_DISPLAY_REQUIRED ((DWORD)0x00000002)
#define ES_AWAYMODE_REQUIRED ((DWORD)0x00000040)
#define ES_CONTINUOUS ((DWORD)0x80000000)
WINBASEAPI BOOL WINAPI GetSystemPowerStatus(LPSYSTEM_POWER_STATUS to) OVL_SYMBOL(GetSystemPowerStatus);
WINBASEAPI EXECUTION_STATE WINAPI SetThreadExecutionState(EXECUTION_STATE state) OVL_SYMBOL(SetThreadExecutionState);
WINBASEAPI DWORD WINAPI WTSGetActiveConsoleSessionId(VOID) OVL_SYMBOL(WTSGetActiveConsoleSessionId);
WINBASEAPI BOOL WINAPI QueryThreadCycleTime(HANDLE thread, PULONG64 to) OVL_SYMBOL(QueryThreadCycleTime);
WINBASEAPI BOOL WINAPI QueryProcessCycleTime(HANDLE process, PULONG64 to) OVL_SYMBOL(QueryProcessCycleTime);
WINBASEAPI VOID WINAPI QueryInterruptTime(PULONGLONG to) OVL_SYMBOL(QueryInterruptTime);
WINBASEAPI VOID WINAPI QueryInterruptTimePrecise(PULONGLONG to) OVL_SYMBOL(QueryInterruptTimePrecise);
WINBASEAPI VOID WINAPI QueryUnbiasedInterruptTimePrecise(PULONGLONG to) OVL_SYMBOL(QueryUnbiasedInterruptTimePrecise);
WINBASEAPI PVOID WINAPI EncodePointer(PVOID pointer) OVL_SYMBOL(EncodePointer);
WINBASEAPI PVOID WINAPI DecodePointer(PVOID pointer) OVL_SYMBOL(DecodePointer);

/* Initialization files. */
WINBASEAPI DWORD WINAPI GetPrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR to, DWORD room, LPCSTR file)
    OVL_SYMBOL(GetPrivateProfileStringA);
WINBASEAPI DWORD WINAPI GetPrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR to, DWORD room,
                                                 LPCWSTR file) OVL_SYMBOL(GetPrivateProfileStringW);
WINBASEAPI UINT WINAPI GetPrivateProfileIntA(LPCSTR section, LPCSTR key, INT otherwise, LPCSTR file)
    OVL_SYMBOL(GetPrivateProfileIntA);
WINBASEAPI UINT WINAPI GetPrivateProfileIntW(LPCWSTR section, LPCWSTR key, INT otherwise, LPCWSTR file)
    OVL_SYMBOL(GetPrivateProfileIntW);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionA(LPCSTR section, LPSTR to, DWORD room, LPCSTR file)
    OVL_SYMBOL(GetPrivateProfileSectionA);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionW(LPCWSTR section, LPWSTR to, DWORD room, LPCWSTR file)
    OVL_SYMBOL(GetPrivateProfileSectionW);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionNamesA(LPSTR to, DWORD room, LPCSTR file)
    OVL_SYMBOL(GetPrivateProfileSectionNamesA);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionNamesW(LPWSTR to, DWORD room, LPCWSTR file)
    OVL_SYMBOL(GetPrivateProfileSectionNamesW);
WINBASEAPI BOOL WINAPI GetPrivateProfileStructA(LPCSTR section, LPCSTR key, LPVOID to, UINT bytes, LPCSTR file)
    OVL_SYMBOL(GetPrivateProfileStructA);
WINBASEAPI BOOL WINAPI GetPrivateProfileStructW(LPCWSTR section, LPCWSTR key, LPVOID to, UINT bytes, LPCWSTR file)
    OVL_SYMBOL(GetPrivateProfileStructW);
WINBASEAPI BOOL WINAPI WritePrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR value, LPCSTR file)
    OVL_SYMBOL(WritePrivateProfileStringA);
WINBASEAPI BOOL WINAPI WritePrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file)
    OVL_SYMBOL(WritePrivateProfileStringW);
WINBASEAPI BOOL WINAPI WritePrivateProfileSectionA(LPCSTR section, LPCSTR entries, LPCSTR file)
    OVL_SYMBOL(WritePrivateProfileSectionA);
WINBASEAPI BOOL WINAPI WritePrivateProfileSectionW(LPCWSTR section, LPCWSTR entries, LPCWSTR file)
    OVL_SYMBOL(WritePrivateProfileSectionW);
WINBASEAPI BOOL WINAPI WritePrivateProfileStructA(LPCSTR section, LPCSTR key, LPVOID from, UINT bytes, LPCSTR file)
    OVL_SYMBOL(WritePrivateProfileStructA);
WINBASEAPI BOOL WINAPI WritePrivateProfileStructW(LPCWSTR section, LPCWSTR key, LPVOID from, UINT bytes, LPCWSTR file)
    OVL_SYMBOL(WritePrivateProfileStructW);
WINBASEAPI DWORD WINAPI GetProfileStringA(LPCSTR section, LPCSTR key, LPCSTR otherwise, LPSTR to, DWORD room)
    OVL_SYMBOL(GetProfileStringA);
WINBASEAPI DWORD WINAPI GetProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR otherwise, LPWSTR to, DWORD room)
    OVL_SYMBOL(GetProfileStringW);
WINBASEAPI UINT WINAPI GetProfileIntA(LPCSTR section, LPCSTR key, INT otherwise) OVL_SYMBOL(GetProfileIntA);
WINBASEAPI UINT WINAPI GetProfileIntW(LPCWSTR section, LPCWSTR key, INT otherwise) OVL_SYMBOL(GetProfileIntW);
WINBASEAPI DWORD WINAPI GetProfileSectionA(LPCSTR section, LPSTR to, DWORD room) OVL_SYMBOL(GetProfileSectionA);
WINBASEAPI DWORD WINAPI GetProfileSectionW(LPCWSTR section, LPWSTR to, DWORD room) OVL_SYMBOL(GetProfileSectionW);
WINBASEAPI BOOL WINAPI WriteProfileStringA(LPCSTR section, LPCSTR key, LPCSTR value) OVL_SYMBOL(WriteProfileStringA);
WINBASEAPI BOOL WINAPI WriteProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value) OVL_SYMBOL(WriteProfileStringW);
WINBASEAPI BOOL WINAPI WriteProfileSectionA(LPCSTR section, LPCSTR entries) OVL_SYMBOL(WriteProfileSectionA);
WINBASEAPI BOOL WINAPI WriteProfileSectionW(LPCWSTR section, LPCWSTR entries) OVL_SYMBOL(WriteProfileSectionW);
WINBASEAPI BOOL WINAPI BindIoCompletionCallback(HANDLE file, LPOVERLAPPED_COMPLETION_ROUTINE routine, ULONG flags)
    OVL_SYMBOL(BindIoCompletionCallback);

/* ---- Memory and strings. */
WINBASEAPI HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes) OVL_SYMBOL(LocalAlloc);
WINBASEAPI HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T bytes, UINT flags) OVL_SYMBOL(LocalReAlloc);
WINBASEAPI HLOCAL WINAPI LocalFree(HLOCAL memory) OVL_SYMBOL(LocalFree);
WINBASEAPI SIZE_T WINAPI LocalSize(HLOCAL memory) OVL_SYMBOL(LocalSize);
WINBASEAPI LPVOID WINAPI LocalLock(HLOCAL memory) OVL_SYMBOL(LocalLock);
WINBASEAPI BOOL WINAPI LocalUnlock(HLOCAL memory) OVL_SYMBOL(LocalUnlock);
WINBASEAPI HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T bytes) OVL_SYMBOL(GlobalAlloc);
WINBASEAPI HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T bytes, UINT flags) OVL_SYMBOL(GlobalReAlloc);
WINBASEAPI HGLOBAL WINAPI GlobalFree(HGLOBAL memory) OVL_SYMBOL(GlobalFree);
WINBASEAPI SIZE_T WINAPI GlobalSize(HGLOBAL memory) OVL_SYMBOL(GlobalSize);
WINBASEAPI LPVOID WINAPI GlobalLock(HGLOBAL memory) OVL_SYMBOL(GlobalLock);
WINBASEAPI BOOL WINAPI GlobalUnlock(HGLOBAL memory) OVL_SYMBOL(GlobalUnlock);
WINBASEAPI int WINAPI lstrlenA(LPCSTR text) OVL_SYMBOL(lstrlenA);
WINBASEAPI int WINAPI lstrlenW(LPCWSTR text) OVL_SYMBOL(lstrlenW);
WINBASEAPI LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from) OVL_SYMBOL(lstrcpyA);
WINBASEAPI LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from) OVL_SYMBOL(lstrcpyW);
WINBASEAPI LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR from, int room) OVL_SYMBOL(lstrcpynA);
WINBASEAPI LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR from, int room) OVL_SYMBOL(lstrcpynW);
WINBASEAPI LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from) OVL_SYMBOL(lstrcatA);
WINBASEAPI LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from) OVL_SYMBOL(lstrcatW);
WINBASEAPI int WINAPI lstrcmpA(LPCSTR first, LPCSTR second) OVL_SYMBOL(lstrcmpA);
WINBASEAPI int WINAPI lstrcmpW(LPCWSTR first, LPCWSTR second) OVL_SYMBOL(lstrcmpW);
WINBASEAPI int WINAPI lstrcmpiA(LPCSTR first, LPCSTR second) OVL_SYMBOL(lstrcmpiA);
WINBASEAPI int WINAPI lstrcmpiW(LPCWSTR first, LPCWSTR second) OVL_SYMBOL(lstrcmpiW);

WINBASEAPI HLOCAL WINAPI LocalHandle(LPCVOID memory) OVL_SYMBOL(LocalHandle);
WINBASEAPI UINT WINAPI LocalFlags(HLOCAL memory) OVL_SYMBOL(LocalFlags);
WINBASEAPI HGLOBAL WINAPI GlobalHandle(LPCVOID memory) OVL_SYMBOL(GlobalHandle);
WINBASEAPI UINT WINAPI GlobalFlags(HGLOBAL memory) OVL_SYMBOL(GlobalFlags);
WINBASEAPI BOOL WINAPI IsBadReadPtr(const VOID *memory, UINT_PTR bytes) OVL_SYMBOL(IsBadReadPtr);
WINBASEAPI BOOL WINAPI IsBadWritePtr(LPVOID memory, UINT_PTR bytes) OVL_SYMBOL(IsBadWritePtr);
WINBASEAPI int WINAPI MulDiv(int number, int by, int divisor) OVL_SYMBOL(MulDiv);

/* ---- Messages, computer and user. */
WINBASEAPI DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR to, DWORD room,
                                       __builtin_va_list *arguments) OVL_SYMBOL(FormatMessageA);
WINBASEAPI DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD id, DWORD language, LPWSTR to, DWORD room,
                                       __builtin_va_list *arguments) OVL_SYMBOL(FormatMessageW);
WINBASEAPI BOOL WINAPI GetComputerNameA(LPSTR to, LPDWORD room) OVL_SYMBOL(GetComputerNameA);
WINBASEAPI BOOL WINAPI GetComputerNameW(LPWSTR to, LPDWORD room) OVL_SYMBOL(GetComputerNameW);
/* Programs declare it themselves, since only ntsecapi.h has it, under another name. */
BOOLEAN WINAPI SystemFunction036(PVOID to, ULONG bytes) OVL_SYMBOL(SystemFunction036);
#define LOGON32_LOGON_INTERACTIVE 2
#define LOGON32_LOGON_NETWORK 3
#define LOGON32_LOGON_BATCH 4
#define LOGON32_LOGON_SERVICE 5
#define LOGON32_PROVIDER_DEFAULT 0
WINADVAPI BOOL WINAPI LookupPrivilegeValueA(LPCSTR computer, LPCSTR name, PLUID to) OVL_SYMBOL(LookupPrivilegeValueA);
WINADVAPI BOOL WINAPI LookupPrivilegeValueW(LPCWSTR computer, LPCWSTR name, PLUID to) OVL_SYMBOL(LookupPrivilegeValueW);
WINADVAPI BOOL WINAPI LookupPrivilegeNameA(LPCSTR computer, PLUID value, LPSTR to, LPDWORD room) OVL_SYMBOL(LookupPrivilegeNameA);
WINADVAPI BOOL WINAPI LookupPrivilegeNameW(LPCWSTR computer, PLUID value, LPWSTR to, LPDWORD room) OVL_SYMBOL(LookupPrivilegeNameW);
WINADVAPI BOOL WINAPI LogonUserA(LPCSTR user, LPCSTR domain, LPCSTR password, DWORD type, DWORD provider, PHANDLE to)
    OVL_SYMBOL(LogonUserA);
WINADVAPI BOOL WINAPI LogonUserW(LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD type, DWORD provider, PHANDLE to)
    OVL_SYMBOL(LogonUserW);
WINADVAPI BOOL WINAPI LookupAccountSidA(LPCSTR computer, PSID sid, LPSTR name, LPDWORD nameSize, LPSTR domain, LPDWORD domainSize,
                                        PSID_NAME_USE type) OVL_SYMBOL(LookupAccountSidA);
WINADVAPI BOOL WINAPI LookupAccountSidW(LPCWSTR computer, PSID sid, LPWSTR name, LPDWORD nameSize, LPWSTR domain,
                                        LPDWORD domainSize, PSID_NAME_USE type) OVL_SYMBOL(LookupAccountSidW);
WINADVAPI BOOL WINAPI LookupAccountNameA(LPCSTR computer, LPCSTR name, PSID sid, LPDWORD sidSize, LPSTR domain, LPDWORD domainSize,
                                         PSID_NAME_USE type) OVL_SYMBOL(LookupAccountNameA);
WINADVAPI BOOL WINAPI LookupAccountNameW(LPCWSTR computer, LPCWSTR name, PSID sid, LPDWORD sidSize, LPWSTR domain,
                                         LPDWORD domainSize, PSID_NAME_USE type) OVL_SYMBOL(LookupAccountNameW);
WINADVAPI BOOL WINAPI GetUserNameA(LPSTR to, LPDWORD room) OVL_SYMBOL(GetUserNameA);
WINADVAPI BOOL WINAPI GetUserNameW(LPWSTR to, LPDWORD room) OVL_SYMBOL(GetUserNameW);
WINBASEAPI BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA wanted, DWORD fields, DWORDLONG mask) OVL_SYMBOL(VerifyVersionInfoA);
WINBASEAPI BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW wanted, DWORD fields, DWORDLONG mask) OVL_SYMBOL(VerifyVersionInfoW);
WINBASEAPI BOOL WINAPI GetProcessAffinityMask(HANDLE process, PDWORD_PTR own, PDWORD_PTR system) OVL_SYMBOL(GetProcessAffinityMask);
WINBASEAPI BOOL WINAPI QueryFullProcessImageNameA(HANDLE process, DWORD flags, LPSTR to, PDWORD size)
    OVL_SYMBOL(QueryFullProcessImageNameA);
WINBASEAPI BOOL WINAPI QueryFullProcessImageNameW(HANDLE process, DWORD flags, LPWSTR to, PDWORD size)
    OVL_SYMBOL(QueryFullProcessImageNameW);
WINBASEAPI BOOL WINAPI GetProcessIoCounters(HANDLE process, PIO_COUNTERS to) OVL_SYMBOL(GetProcessIoCounters);
WINBASEAPI BOOL WINAPI IsWow64Process(HANDLE process, PBOOL is) OVL_SYMBOL(IsWow64Process);
WINBASEAPI BOOL WINAPI SetProcessAffinityMask(HANDLE process, DWORD_PTR mask) OVL_SYMBOL(SetProcessAffinityMask);

/* ---- Fibers. */
#define FIBER_FLAG_FLOAT_SWITCH 0x1
typedef VOID(WINAPI *PFIBER_START_ROUTINE)(LPVOID parameter);
typedef PFIBER_START_ROUTINE LPFIBER_START_ROUTINE;
WINBASEAPI LPVOID WINAPI CreateFiber(SIZE_T stack, LPFIBER_START_ROUTINE start, LPVOID parameter) OVL_SYMBOL(CreateFiber);
WINBASEAPI LPVOID WINAPI CreateFiberEx(SIZE_T commit, SIZE_T reserve, DWORD flags, LPFIBER_START_ROUTINE start, LPVOID parameter)
    OVL_SYMBOL(CreateFiberEx);
WINBASEAPI LPVOID WINAPI ConvertThreadToFiber(LPVOID parameter) OVL_SYMBOL(ConvertThreadToFiber);
WINBASEAPI LPVOID WINAPI ConvertThreadToFiberEx(LPVOID parameter, DWORD flags) OVL_SYMBOL(ConvertThreadToFiberEx);
WINBASEAPI BOOL WINAPI ConvertFiberToThread(VOID) OVL_SYMBOL(ConvertFiberToThread);
WINBASEAPI VOID WINAPI SwitchToFiber(LPVOID fiber) OVL_SYMBOL(SwitchToFiber);
WINBASEAPI VOID WINAPI DeleteFiber(LPVOID fiber) OVL_SYMBOL(DeleteFiber);
PVOID GetCurrentFiber(VOID) OVL_SYMBOL(GetCurrentFiber);
PVOID GetFiberData(VOID) OVL_SYMBOL(GetFiberData);

/* ---- Programs with WinMain, which `ovl cc` starts. */
int WINAPI WinMain(HINSTANCE instance, HINSTANCE before, LPSTR commandLine, int show);
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, LPWSTR commandLine, int show);

WINBASEAPI HANDLE WINAPI CreateNamedPipeA(LPCSTR name, DWORD openMode, DWORD pipeMode, DWORD instances, DWORD outBytes,
                                          DWORD inBytes, DWORD milliseconds, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateNamedPipeA);
WINBASEAPI BOOL WINAPI WaitNamedPipeA(LPCSTR name, DWORD milliseconds) OVL_SYMBOL(WaitNamedPipeA);
WINBASEAPI BOOL WINAPI CallNamedPipeA(LPCSTR name, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, LPDWORD done,
                                      DWORD milliseconds) OVL_SYMBOL(CallNamedPipeA);
WINBASEAPI BOOL WINAPI CallNamedPipeW(LPCWSTR name, LPVOID from, DWORD fromBytes, LPVOID to, DWORD toBytes, LPDWORD done,
                                      DWORD milliseconds) OVL_SYMBOL(CallNamedPipeW);
WINBASEAPI BOOL WINAPI GetNamedPipeHandleStateA(HANDLE pipe, LPDWORD state, LPDWORD instances, LPDWORD collect, LPDWORD timeout,
                                                LPSTR user, DWORD room) OVL_SYMBOL(GetNamedPipeHandleStateA);
WINBASEAPI BOOL WINAPI GetNamedPipeClientComputerNameA(HANDLE pipe, LPSTR to, ULONG bytes)
    OVL_SYMBOL(GetNamedPipeClientComputerNameA);
WINBASEAPI BOOL WINAPI GetNamedPipeClientProcessId(HANDLE pipe, PULONG id) OVL_SYMBOL(GetNamedPipeClientProcessId);
WINBASEAPI BOOL WINAPI GetNamedPipeServerProcessId(HANDLE pipe, PULONG id) OVL_SYMBOL(GetNamedPipeServerProcessId);
WINBASEAPI BOOL WINAPI GetNamedPipeClientSessionId(HANDLE pipe, PULONG id) OVL_SYMBOL(GetNamedPipeClientSessionId);
WINBASEAPI BOOL WINAPI GetNamedPipeServerSessionId(HANDLE pipe, PULONG id) OVL_SYMBOL(GetNamedPipeServerSessionId);

WINBASEAPI HANDLE WINAPI CreateMailslotA(LPCSTR name, DWORD longest, DWORD timeout, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateMailslotA);
WINBASEAPI HANDLE WINAPI CreateMailslotW(LPCWSTR name, DWORD longest, DWORD timeout, LPSECURITY_ATTRIBUTES security)
    OVL_SYMBOL(CreateMailslotW);
WINBASEAPI BOOL WINAPI GetMailslotInfo(HANDLE slot, LPDWORD longest, LPDWORD next, LPDWORD count, LPDWORD timeout)
    OVL_SYMBOL(GetMailslotInfo);
WINBASEAPI BOOL WINAPI SetMailslotInfo(HANDLE slot, DWORD timeout) OVL_SYMBOL(SetMailslotInfo);

WINBASEAPI BOOL WINAPI BuildCommDCBA(LPCSTR text, LPDCB to) OVL_SYMBOL(BuildCommDCBA);
WINBASEAPI BOOL WINAPI BuildCommDCBW(LPCWSTR text, LPDCB to) OVL_SYMBOL(BuildCommDCBW);
WINBASEAPI BOOL WINAPI BuildCommDCBAndTimeoutsA(LPCSTR text, LPDCB to, LPCOMMTIMEOUTS timeouts)
    OVL_SYMBOL(BuildCommDCBAndTimeoutsA);
WINBASEAPI BOOL WINAPI BuildCommDCBAndTimeoutsW(LPCWSTR text, LPDCB to, LPCOMMTIMEOUTS timeouts)
    OVL_SYMBOL(BuildCommDCBAndTimeoutsW);
WINBASEAPI BOOL WINAPI GetCommState(HANDLE port, LPDCB to) OVL_SYMBOL(GetCommState);
WINBASEAPI BOOL WINAPI SetCommState(HANDLE port, LPDCB from) OVL_SYMBOL(SetCommState);
WINBASEAPI BOOL WINAPI GetCommTimeouts(HANDLE port, LPCOMMTIMEOUTS to) OVL_SYMBOL(GetCommTimeouts);
WINBASEAPI BOOL WINAPI SetCommTimeouts(HANDLE port, LPCOMMTIMEOUTS from) OVL_SYMBOL(SetCommTimeouts);
WINBASEAPI BOOL WINAPI GetCommConfig(HANDLE port, LPCOMMCONFIG to, LPDWORD bytes) OVL_SYMBOL(GetCommConfig);
WINBASEAPI BOOL WINAPI SetCommConfig(HANDLE port, LPCOMMCONFIG from, DWORD bytes) OVL_SYMBOL(SetCommConfig);
WINBASEAPI BOOL WINAPI GetDefaultCommConfigA(LPCSTR name, LPCOMMCONFIG to, LPDWORD bytes) OVL_SYMBOL(GetDefaultCommConfigA);
WINBASEAPI BOOL WINAPI GetDefaultCommConfigW(LPCWSTR name, LPCOMMCONFIG to, LPDWORD bytes) OVL_SYMBOL(GetDefaultCommConfigW);
WINBASEAPI BOOL WINAPI GetCommProperties(HANDLE port, LPCOMMPROP to) OVL_SYMBOL(GetCommProperties);
WINBASEAPI BOOL WINAPI GetCommMask(HANDLE port, LPDWORD events) OVL_SYMBOL(GetCommMask);
WINBASEAPI BOOL WINAPI SetCommMask(HANDLE port, DWORD events) OVL_SYMBOL(SetCommMask);
WINBASEAPI BOOL WINAPI WaitCommEvent(HANDLE port, LPDWORD events, LPOVERLAPPED overlapped) OVL_SYMBOL(WaitCommEvent);
WINBASEAPI BOOL WINAPI GetCommModemStatus(HANDLE port, LPDWORD lines) OVL_SYMBOL(GetCommModemStatus);
WINBASEAPI BOOL WINAPI ClearCommError(HANDLE port, LPDWORD errors, LPCOMSTAT to) OVL_SYMBOL(ClearCommError);
WINBASEAPI BOOL WINAPI PurgeComm(HANDLE port, DWORD what) OVL_SYMBOL(PurgeComm);
WINBASEAPI BOOL WINAPI SetupComm(HANDLE port, DWORD inBytes, DWORD outBytes) OVL_SYMBOL(SetupComm);
WINBASEAPI BOOL WINAPI EscapeCommFunction(HANDLE port, DWORD what) OVL_SYMBOL(EscapeCommFunction);
WINBASEAPI BOOL WINAPI SetCommBreak(HANDLE port) OVL_SYMBOL(SetCommBreak);
WINBASEAPI BOOL WINAPI ClearCommBreak(HANDLE port) OVL_SYMBOL(ClearCommBreak);
WINBASEAPI BOOL WINAPI TransmitCommChar(HANDLE port, char byte) OVL_SYMBOL(TransmitCommChar);

/* ---- What a program may say of itself. */
#define PROCESS_DEP_ENABLE 0x1
#define PROCESS_DEP_DISABLE_ATL_THUNK_EMULATION 0x2
typedef enum _DEP_SYSTEM_POLICY_TYPE {
    DEPPolicyAlwaysOff = 0,
    DEPPolicyAlwaysOn,
    DEPPolicyOptIn,
    DEPPolicyOptOut,
    DEPTotalPolicyCount
} DEP_SYSTEM_POLICY_TYPE;
WINBASEAPI BOOL WINAPI SetProcessDEPPolicy(DWORD flags) OVL_SYMBOL(SetProcessDEPPolicy);
WINBASEAPI BOOL WINAPI GetProcessDEPPolicy(HANDLE process, LPDWORD flags, PBOOL permanent) OVL_SYMBOL(GetProcessDEPPolicy);
WINBASEAPI DEP_SYSTEM_POLICY_TYPE WINAPI GetSystemDEPPolicy(VOID) OVL_SYMBOL(GetSystemDEPPolicy);
#define SHUTDOWN_NORETRY 0x1
WINBASEAPI UINT WINAPI WinExec(LPCSTR commandLine, UINT show) OVL_SYMBOL(WinExec);
/* ---- The firmware, and idle processors. */
typedef enum _FIRMWARE_TYPE { FirmwareTypeUnknown, FirmwareTypeBios, FirmwareTypeUefi, FirmwareTypeMax } FIRMWARE_TYPE, *PFIRMWARE_TYPE;
WINBASEAPI BOOL WINAPI GetFirmwareType(PFIRMWARE_TYPE to) OVL_SYMBOL(GetFirmwareType);
WINBASEAPI DWORD WINAPI GetFirmwareEnvironmentVariableA(LPCSTR name, LPCSTR guid, PVOID to, DWORD room)
    OVL_SYMBOL(GetFirmwareEnvironmentVariableA);
WINBASEAPI DWORD WINAPI GetFirmwareEnvironmentVariableW(LPCWSTR name, LPCWSTR guid, PVOID to, DWORD room)
    OVL_SYMBOL(GetFirmwareEnvironmentVariableW);
WINBASEAPI DWORD WINAPI GetFirmwareEnvironmentVariableExA(LPCSTR name, LPCSTR guid, PVOID to, DWORD room, PDWORD attributes)
    OVL_SYMBOL(GetFirmwareEnvironmentVariableExA);
WINBASEAPI DWORD WINAPI GetFirmwareEnvironmentVariableExW(LPCWSTR name, LPCWSTR guid, PVOID to, DWORD room, PDWORD attributes)
    OVL_SYMBOL(GetFirmwareEnvironmentVariableExW);
#define GetFirmwareEnvironmentVariable OVL_AW(GetFirmwareEnvironmentVariable)
#define GetFirmwareEnvironmentVariableEx OVL_AW(GetFirmwareEnvironmentVariableEx)
WINBASEAPI BOOL WINAPI QueryIdleProcessorCycleTime(PULONG bytes, PULONG64 to) OVL_SYMBOL(QueryIdleProcessorCycleTime);
WINBASEAPI BOOL WINAPI QueryIdleProcessorCycleTimeEx(USHORT group, PULONG bytes, PULONG64 to)
    OVL_SYMBOL(QueryIdleProcessorCycleTimeEx);
WINBASEAPI BOOL WINAPI DnsHostnameToComputerNameA(LPCSTR host, LPSTR to, LPDWORD room) OVL_SYMBOL(DnsHostnameToComputerNameA);
WINBASEAPI BOOL WINAPI DnsHostnameToComputerNameW(LPCWSTR host, LPWSTR to, LPDWORD room) OVL_SYMBOL(DnsHostnameToComputerNameW);
#define DnsHostnameToComputerName OVL_AW(DnsHostnameToComputerName)

/* ---- Files, as they were opened before CreateFile. */
#define OF_READ 0x0
#define OF_WRITE 0x1
#define OF_READWRITE 0x2
#define OF_SHARE_COMPAT 0x0
#define OF_SHARE_EXCLUSIVE 0x10
#define OF_SHARE_DENY_WRITE 0x20
#define OF_SHARE_DENY_READ 0x30
#define OF_SHARE_DENY_NONE 0x40
#define OF_PARSE 0x100
#define OF_DELETE 0x200
#define OF_VERIFY 0x400
#define OF_CANCEL 0x800
#define OF_CREATE 0x1000
#define OF_PROMPT 0x2000
#define OF_EXIST 0x4000
#define OF_REOPEN 0x8000
#define OFS_MAXPATHNAME 128
#define HFILE_ERROR ((HFILE)-1)
typedef struct _OFSTRUCT {
    BYTE cBytes;
    BYTE fFixedDisk;
    WORD nErrCode;
    WORD Reserved1;
    WORD Reserved2;
    CHAR szPathName[OFS_MAXPATHNAME];
} OFSTRUCT, *LPOFSTRUCT, *POFSTRUCT;
OVL_SIZE(OFSTRUCT, 136);
WINBASEAPI HFILE WINAPI OpenFile(LPCSTR name, LPOFSTRUCT opened, UINT style) OVL_SYMBOL(OpenFile);
WINBASEAPI HFILE WINAPI _lopen(LPCSTR name, int style) OVL_SYMBOL(_lopen);
WINBASEAPI HFILE WINAPI _lcreat(LPCSTR name, int attributes) OVL_SYMBOL(_lcreat);
WINBASEAPI HFILE WINAPI _lclose(HFILE file) OVL_SYMBOL(_lclose);
WINBASEAPI UINT WINAPI _lread(HFILE file, LPVOID to, UINT bytes) OVL_SYMBOL(_lread);
WINBASEAPI UINT WINAPI _lwrite(HFILE file, LPCCH from, UINT bytes) OVL_SYMBOL(_lwrite);
WINBASEAPI LONG WINAPI _hread(HFILE file, LPVOID to, LONG bytes) OVL_SYMBOL(_hread);
WINBASEAPI LONG WINAPI _hwrite(HFILE file, LPCCH from, LONG bytes) OVL_SYMBOL(_hwrite);
WINBASEAPI LONG WINAPI _llseek(HFILE file, LONG by, int from) OVL_SYMBOL(_llseek);
WINBASEAPI UINT WINAPI SetHandleCount(UINT count) OVL_SYMBOL(SetHandleCount);
#define SCS_32BIT_BINARY 0
#define SCS_DOS_BINARY 1
#define SCS_WOW_BINARY 2
#define SCS_PIF_BINARY 3
#define SCS_POSIX_BINARY 4
#define SCS_OS216_BINARY 5
#define SCS_64BIT_BINARY 6
#define SCS_THIS_PLATFORM_BINARY SCS_64BIT_BINARY
WINBASEAPI BOOL WINAPI GetBinaryTypeA(LPCSTR program, LPDWORD type) OVL_SYMBOL(GetBinaryTypeA);
WINBASEAPI BOOL WINAPI GetBinaryTypeW(LPCWSTR program, LPDWORD type) OVL_SYMBOL(GetBinaryTypeW);
#define GetBinaryType OVL_AW(GetBinaryType)

/* ---- What a program asks for in case that it fails. */
#define RESTART_MAX_CMD_LINE 1024
#define RESTART_NO_CRASH 1
#define RESTART_NO_HANG 2
#define RESTART_NO_PATCH 4
#define RESTART_NO_REBOOT 8
#define RECOVERY_DEFAULT_PING_INTERVAL 5000
#define RECOVERY_MAX_PING_INTERVAL (5 * 60 * 1000)
typedef DWORD(WINAPI *APPLICATION_RECOVERY_CALLBACK)(PVOID parameter);
WINBASEAPI HRESULT WINAPI RegisterApplicationRestart(PCWSTR commandLine, DWORD flags) OVL_SYMBOL(RegisterApplicationRestart);
WINBASEAPI HRESULT WINAPI UnregisterApplicationRestart(VOID) OVL_SYMBOL(UnregisterApplicationRestart);
WINBASEAPI HRESULT WINAPI GetApplicationRestartSettings(HANDLE process, PWSTR commandLine, PDWORD size, PDWORD flags)
    OVL_SYMBOL(GetApplicationRestartSettings);
WINBASEAPI HRESULT WINAPI RegisterApplicationRecoveryCallback(APPLICATION_RECOVERY_CALLBACK callback, PVOID parameter, DWORD ping,
                                                              DWORD flags) OVL_SYMBOL(RegisterApplicationRecoveryCallback);
WINBASEAPI HRESULT WINAPI UnregisterApplicationRecoveryCallback(VOID) OVL_SYMBOL(UnregisterApplicationRecoveryCallback);
WINBASEAPI HRESULT WINAPI GetApplicationRecoveryCallback(HANDLE process, APPLICATION_RECOVERY_CALLBACK *callback, PVOID *parameter,
                                                         PDWORD ping, PDWORD flags) OVL_SYMBOL(GetApplicationRecoveryCallback);
WINBASEAPI HRESULT WINAPI ApplicationRecoveryInProgress(PBOOL cancelled) OVL_SYMBOL(ApplicationRecoveryInProgress);
WINBASEAPI VOID WINAPI ApplicationRecoveryFinished(BOOL success) OVL_SYMBOL(ApplicationRecoveryFinished);
/* ---- Memory that may not be there. */
WINBASEAPI BOOL WINAPI IsBadCodePtr(FARPROC at) OVL_SYMBOL(IsBadCodePtr);
WINBASEAPI BOOL WINAPI IsBadHugeReadPtr(const VOID *at, UINT_PTR bytes) OVL_SYMBOL(IsBadHugeReadPtr);
WINBASEAPI BOOL WINAPI IsBadHugeWritePtr(LPVOID at, UINT_PTR bytes) OVL_SYMBOL(IsBadHugeWritePtr);
WINBASEAPI BOOL WINAPI IsBadStringPtrA(LPCSTR at, UINT_PTR most) OVL_SYMBOL(IsBadStringPtrA);
WINBASEAPI BOOL WINAPI IsBadStringPtrW(LPCWSTR at, UINT_PTR most) OVL_SYMBOL(IsBadStringPtrW);
#define IsBadStringPtr OVL_AW(IsBadStringPtr)
/* ---- Nodes of memory; the rest is in memoryapi.h and systemtopologyapi.h. */
WINBASEAPI HANDLE WINAPI CreateFileMappingNumaA(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protection, DWORD high,
                                                DWORD low, LPCSTR name, DWORD node) OVL_SYMBOL(CreateFileMappingNumaA);
#define CreateFileMappingNuma OVL_AW(CreateFileMappingNuma)
WINBASEAPI BOOL WINAPI GetNumaAvailableMemoryNode(UCHAR node, PULONGLONG to) OVL_SYMBOL(GetNumaAvailableMemoryNode);
WINBASEAPI BOOL WINAPI GetNumaAvailableMemoryNodeEx(USHORT node, PULONGLONG to) OVL_SYMBOL(GetNumaAvailableMemoryNodeEx);
WINBASEAPI BOOL WINAPI GetNumaProcessorNode(UCHAR processor, PUCHAR to) OVL_SYMBOL(GetNumaProcessorNode);
WINBASEAPI BOOL WINAPI GetNumaProcessorNodeEx(PPROCESSOR_NUMBER processor, PUSHORT to) OVL_SYMBOL(GetNumaProcessorNodeEx);
WINBASEAPI BOOL WINAPI GetNumaProximityNode(ULONG id, PUCHAR to) OVL_SYMBOL(GetNumaProximityNode);
WINBASEAPI DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE thread, DWORD_PTR mask) OVL_SYMBOL(SetThreadAffinityMask);
OVL_END
#define SetDllDirectory OVL_AW(SetDllDirectory)
#define GetDllDirectory OVL_AW(GetDllDirectory)

/* ---- The event log, which is syslog. */
#define EVENTLOG_SUCCESS 0x0
#define EVENTLOG_ERROR_TYPE 0x1
#define EVENTLOG_WARNING_TYPE 0x2
#define EVENTLOG_INFORMATION_TYPE 0x4
#define EVENTLOG_AUDIT_SUCCESS 0x8
#define EVENTLOG_AUDIT_FAILURE 0x10
OVL_BEGIN
WINADVAPI HANDLE WINAPI RegisterEventSourceA(LPCSTR computer, LPCSTR source) OVL_SYMBOL(RegisterEventSourceA);
WINADVAPI HANDLE WINAPI RegisterEventSourceW(LPCWSTR computer, LPCWSTR source) OVL_SYMBOL(RegisterEventSourceW);
WINADVAPI BOOL WINAPI ReportEventA(HANDLE source, WORD type, WORD category, DWORD event, PSID user, WORD count, DWORD bytes,
                                   LPCSTR *strings, LPVOID data) OVL_SYMBOL(ReportEventA);
WINADVAPI BOOL WINAPI ReportEventW(HANDLE source, WORD type, WORD category, DWORD event, PSID user, WORD count, DWORD bytes,
                                   LPCWSTR *strings, LPVOID data) OVL_SYMBOL(ReportEventW);
WINADVAPI BOOL WINAPI DeregisterEventSource(HANDLE source) OVL_SYMBOL(DeregisterEventSource);
WINADVAPI HANDLE WINAPI OpenEventLogA(LPCSTR computer, LPCSTR log) OVL_SYMBOL(OpenEventLogA);
WINADVAPI HANDLE WINAPI OpenEventLogW(LPCWSTR computer, LPCWSTR log) OVL_SYMBOL(OpenEventLogW);
WINADVAPI BOOL WINAPI CloseEventLog(HANDLE log) OVL_SYMBOL(CloseEventLog);
OVL_END
#define RegisterEventSource OVL_AW(RegisterEventSource)
#define OpenEventLog OVL_AW(OpenEventLog)
#define ReportEvent OVL_AW(ReportEvent)

/* The compiler must not leave this one out. */
OVL_INLINE PVOID SecureZeroMemory(PVOID to, SIZE_T bytes) {
    memset(to, 0, bytes);
    __asm__ __volatile__("" : : "r"(to) : "memory");
    return to;
}
#define RtlSecureZeroMemory SecureZeroMemory
#define CaptureStackBackTrace RtlCaptureStackBackTrace
#define QueryFullProcessImageName OVL_AW(QueryFullProcessImageName)

#define MoveFile OVL_AW(MoveFile)
#define MoveFileEx OVL_AW(MoveFileEx)
#define MoveFileWithProgress OVL_AW(MoveFileWithProgress)
#define GetPrivateProfileString OVL_AW(GetPrivateProfileString)
#define GetPrivateProfileInt OVL_AW(GetPrivateProfileInt)
#define GetPrivateProfileSection OVL_AW(GetPrivateProfileSection)
#define GetPrivateProfileSectionNames OVL_AW(GetPrivateProfileSectionNames)
#define GetPrivateProfileStruct OVL_AW(GetPrivateProfileStruct)
#define WritePrivateProfileString OVL_AW(WritePrivateProfileString)
#define WritePrivateProfileSection OVL_AW(WritePrivateProfileSection)
#define WritePrivateProfileStruct OVL_AW(WritePrivateProfileStruct)
#define GetProfileString OVL_AW(GetProfileString)
#define GetProfileInt OVL_AW(GetProfileInt)
#define GetProfileSection OVL_AW(GetProfileSection)
#define WriteProfileString OVL_AW(WriteProfileString)
#define WriteProfileSection OVL_AW(WriteProfileSection)
#define ReplaceFile OVL_AW(ReplaceFile)
#define CreateHardLink OVL_AW(CreateHardLink)
#define CreateSymbolicLink OVL_AW(CreateSymbolicLink)
#define CopyFile OVL_AW(CopyFile)
#define lstrlen OVL_AW(lstrlen)
#define lstrcpy OVL_AW(lstrcpy)
#define lstrcpyn OVL_AW(lstrcpyn)
#define lstrcat OVL_AW(lstrcat)
#define lstrcmp OVL_AW(lstrcmp)
#define lstrcmpi OVL_AW(lstrcmpi)
#define FormatMessage OVL_AW(FormatMessage)
#define GetComputerName OVL_AW(GetComputerName)
#define GetUserName OVL_AW(GetUserName)
#define LogonUser OVL_AW(LogonUser)
#define LookupPrivilegeValue OVL_AW(LookupPrivilegeValue)
#define LookupPrivilegeName OVL_AW(LookupPrivilegeName)
#define LookupAccountSid OVL_AW(LookupAccountSid)
#define LookupAccountName OVL_AW(LookupAccountName)
#define CreateNamedPipe OVL_AW(CreateNamedPipe)
#define WaitNamedPipe OVL_AW(WaitNamedPipe)
#define CallNamedPipe OVL_AW(CallNamedPipe)
#define GetNamedPipeHandleState OVL_AW(GetNamedPipeHandleState)
#define GetNamedPipeClientComputerName OVL_AW(GetNamedPipeClientComputerName)
#define CreateMailslot OVL_AW(CreateMailslot)
#define BuildCommDCB OVL_AW(BuildCommDCB)
#define BuildCommDCBAndTimeouts OVL_AW(BuildCommDCBAndTimeouts)
#define GetDefaultCommConfig OVL_AW(GetDefaultCommConfig)
#define CopyFileEx OVL_AW(CopyFileEx)
#define CreateDirectoryEx OVL_AW(CreateDirectoryEx)
#define VerifyVersionInfo OVL_AW(VerifyVersionInfo)

/* What a volume can do, by the older names. */
#define FS_CASE_IS_PRESERVED FILE_CASE_PRESERVED_NAMES
#define FS_CASE_SENSITIVE FILE_CASE_SENSITIVE_SEARCH
#define FS_UNICODE_STORED_ON_DISK FILE_UNICODE_ON_DISK
#define FS_PERSISTENT_ACLS FILE_PERSISTENT_ACLS
#define FS_VOL_IS_COMPRESSED FILE_VOLUME_IS_COMPRESSED
#define FS_FILE_COMPRESSION FILE_FILE_COMPRESSION
#define FS_FILE_ENCRYPTION FILE_SUPPORTS_ENCRYPTION

#endif
