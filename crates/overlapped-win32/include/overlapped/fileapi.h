/* Files and directories. */
#ifndef OVL_FILEAPI_H
#define OVL_FILEAPI_H
#include "minwinbase.h"

#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5
#define INVALID_FILE_SIZE ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)
#define INVALID_FILE_ATTRIBUTES ((DWORD)-1)

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;
OVL_SIZE(BY_HANDLE_FILE_INFORMATION, 52);

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;
OVL_SIZE(WIN32_FILE_ATTRIBUTE_DATA, 36);

typedef struct _CREATEFILE2_EXTENDED_PARAMETERS {
    DWORD dwSize;
    DWORD dwFileAttributes;
    DWORD dwFileFlags;
    DWORD dwSecurityQosFlags;
    LPSECURITY_ATTRIBUTES lpSecurityAttributes;
    HANDLE hTemplateFile;
} CREATEFILE2_EXTENDED_PARAMETERS, *LPCREATEFILE2_EXTENDED_PARAMETERS;
OVL_SIZE(CREATEFILE2_EXTENDED_PARAMETERS, 32);

OVL_BEGIN
/* Opening and transfers. */
WINBASEAPI HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
                                     DWORD flags, HANDLE like) OVL_SYMBOL(CreateFileA);
WINBASEAPI HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
                                     DWORD flags, HANDLE like) OVL_SYMBOL(CreateFileW);
WINBASEAPI BOOL WINAPI ReadFile(HANDLE file, LPVOID to, DWORD bytes, LPDWORD done, LPOVERLAPPED overlapped) OVL_SYMBOL(ReadFile);
WINBASEAPI BOOL WINAPI WriteFile(HANDLE file, LPCVOID from, DWORD bytes, LPDWORD done, LPOVERLAPPED overlapped)
    OVL_SYMBOL(WriteFile);
WINBASEAPI BOOL WINAPI ReadFileEx(HANDLE file, LPVOID to, DWORD bytes, LPOVERLAPPED overlapped,
                                  LPOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(ReadFileEx);
WINBASEAPI BOOL WINAPI WriteFileEx(HANDLE file, LPCVOID from, DWORD bytes, LPOVERLAPPED overlapped,
                                   LPOVERLAPPED_COMPLETION_ROUTINE routine) OVL_SYMBOL(WriteFileEx);
WINBASEAPI BOOL WINAPI FlushFileBuffers(HANDLE file) OVL_SYMBOL(FlushFileBuffers);

/* The code page of names in A functions; all of them are UTF-8. */
WINBASEAPI BOOL WINAPI AreFileApisANSI(VOID) OVL_SYMBOL(AreFileApisANSI);
WINBASEAPI VOID WINAPI SetFileApisToANSI(VOID) OVL_SYMBOL(SetFileApisToANSI);
WINBASEAPI VOID WINAPI SetFileApisToOEM(VOID) OVL_SYMBOL(SetFileApisToOEM);

/* Size and pointer. */
WINBASEAPI DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high) OVL_SYMBOL(GetFileSize);
WINBASEAPI BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size) OVL_SYMBOL(GetFileSizeEx);
WINBASEAPI DWORD WINAPI GetCompressedFileSizeA(LPCSTR name, LPDWORD high) OVL_SYMBOL(GetCompressedFileSizeA);
WINBASEAPI DWORD WINAPI GetCompressedFileSizeW(LPCWSTR name, LPDWORD high) OVL_SYMBOL(GetCompressedFileSizeW);
WINBASEAPI DWORD WINAPI SetFilePointer(HANDLE file, LONG distance, PLONG high, DWORD method) OVL_SYMBOL(SetFilePointer);
WINBASEAPI BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER now, DWORD method)
    OVL_SYMBOL(SetFilePointerEx);
WINBASEAPI BOOL WINAPI SetEndOfFile(HANDLE file) OVL_SYMBOL(SetEndOfFile);
WINBASEAPI BOOL WINAPI SetFileValidData(HANDLE file, LONGLONG bytes) OVL_SYMBOL(SetFileValidData);

/* Byte-range locks. */
WINBASEAPI BOOL WINAPI LockFile(HANDLE file, DWORD low, DWORD high, DWORD bytesLow, DWORD bytesHigh) OVL_SYMBOL(LockFile);
WINBASEAPI BOOL WINAPI LockFileEx(HANDLE file, DWORD flags, DWORD reserved, DWORD bytesLow, DWORD bytesHigh,
                                  LPOVERLAPPED overlapped) OVL_SYMBOL(LockFileEx);
WINBASEAPI BOOL WINAPI UnlockFile(HANDLE file, DWORD low, DWORD high, DWORD bytesLow, DWORD bytesHigh) OVL_SYMBOL(UnlockFile);
WINBASEAPI BOOL WINAPI UnlockFileEx(HANDLE file, DWORD reserved, DWORD bytesLow, DWORD bytesHigh, LPOVERLAPPED overlapped)
    OVL_SYMBOL(UnlockFileEx);

/* Information. */
WINBASEAPI DWORD WINAPI GetFileType(HANDLE file) OVL_SYMBOL(GetFileType);
WINBASEAPI BOOL WINAPI GetFileInformationByHandle(HANDLE file, LPBY_HANDLE_FILE_INFORMATION to)
    OVL_SYMBOL(GetFileInformationByHandle);
WINBASEAPI BOOL WINAPI SetFileInformationByHandle(HANDLE file, FILE_INFO_BY_HANDLE_CLASS what, LPVOID from, DWORD bytes)
    OVL_SYMBOL(SetFileInformationByHandle);
WINBASEAPI BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME created, LPFILETIME accessed, LPFILETIME written)
    OVL_SYMBOL(GetFileTime);
WINBASEAPI BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *created, const FILETIME *accessed, const FILETIME *written)
    OVL_SYMBOL(SetFileTime);
WINBASEAPI LONG WINAPI CompareFileTime(const FILETIME *first, const FILETIME *second) OVL_SYMBOL(CompareFileTime);
WINBASEAPI BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *utc, LPFILETIME local) OVL_SYMBOL(FileTimeToLocalFileTime);
WINBASEAPI BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *local, LPFILETIME utc) OVL_SYMBOL(LocalFileTimeToFileTime);
WINBASEAPI DWORD WINAPI GetFileAttributesA(LPCSTR name) OVL_SYMBOL(GetFileAttributesA);
WINBASEAPI DWORD WINAPI GetFileAttributesW(LPCWSTR name) OVL_SYMBOL(GetFileAttributesW);
WINBASEAPI BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID to) OVL_SYMBOL(GetFileAttributesExA);
WINBASEAPI BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID to)
    OVL_SYMBOL(GetFileAttributesExW);
WINBASEAPI BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes) OVL_SYMBOL(SetFileAttributesA);
WINBASEAPI BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes) OVL_SYMBOL(SetFileAttributesW);

/* Names. */
WINBASEAPI BOOL WINAPI DeleteFileA(LPCSTR name) OVL_SYMBOL(DeleteFileA);
WINBASEAPI BOOL WINAPI DeleteFileW(LPCWSTR name) OVL_SYMBOL(DeleteFileW);
WINBASEAPI BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security) OVL_SYMBOL(CreateDirectoryA);
WINBASEAPI BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security) OVL_SYMBOL(CreateDirectoryW);
WINBASEAPI BOOL WINAPI RemoveDirectoryA(LPCSTR name) OVL_SYMBOL(RemoveDirectoryA);
WINBASEAPI BOOL WINAPI RemoveDirectoryW(LPCWSTR name) OVL_SYMBOL(RemoveDirectoryW);
WINBASEAPI DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD room, LPSTR to, LPSTR *part) OVL_SYMBOL(GetFullPathNameA);
WINBASEAPI DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD room, LPWSTR to, LPWSTR *part) OVL_SYMBOL(GetFullPathNameW);
WINBASEAPI DWORD WINAPI GetFinalPathNameByHandleA(HANDLE file, LPSTR to, DWORD room, DWORD flags)
    OVL_SYMBOL(GetFinalPathNameByHandleA);
WINBASEAPI DWORD WINAPI GetFinalPathNameByHandleW(HANDLE file, LPWSTR to, DWORD room, DWORD flags)
    OVL_SYMBOL(GetFinalPathNameByHandleW);
WINBASEAPI DWORD WINAPI GetLongPathNameA(LPCSTR name, LPSTR to, DWORD room) OVL_SYMBOL(GetLongPathNameA);
WINBASEAPI DWORD WINAPI GetLongPathNameW(LPCWSTR name, LPWSTR to, DWORD room) OVL_SYMBOL(GetLongPathNameW);
WINBASEAPI DWORD WINAPI GetShortPathNameA(LPCSTR name, LPSTR to, DWORD room) OVL_SYMBOL(GetShortPathNameA);
WINBASEAPI DWORD WINAPI GetShortPathNameW(LPCWSTR name, LPWSTR to, DWORD room) OVL_SYMBOL(GetShortPathNameW);
WINBASEAPI DWORD WINAPI GetTempPath2A(DWORD room, LPSTR to) OVL_SYMBOL(GetTempPath2A);
WINBASEAPI DWORD WINAPI GetTempPath2W(DWORD room, LPWSTR to) OVL_SYMBOL(GetTempPath2W);
WINBASEAPI DWORD WINAPI GetTempPathA(DWORD room, LPSTR to) OVL_SYMBOL(GetTempPathA);
WINBASEAPI DWORD WINAPI GetTempPathW(DWORD room, LPWSTR to) OVL_SYMBOL(GetTempPathW);
WINBASEAPI UINT WINAPI GetTempFileNameA(LPCSTR directory, LPCSTR prefix, UINT unique, LPSTR to) OVL_SYMBOL(GetTempFileNameA);
WINBASEAPI UINT WINAPI GetTempFileNameW(LPCWSTR directory, LPCWSTR prefix, UINT unique, LPWSTR to) OVL_SYMBOL(GetTempFileNameW);

/* Listings. */
WINBASEAPI HANDLE WINAPI FindFirstFileA(LPCSTR pattern, LPWIN32_FIND_DATAA to) OVL_SYMBOL(FindFirstFileA);
WINBASEAPI HANDLE WINAPI FindFirstFileW(LPCWSTR pattern, LPWIN32_FIND_DATAW to) OVL_SYMBOL(FindFirstFileW);
WINBASEAPI HANDLE WINAPI FindFirstFileExA(LPCSTR pattern, FINDEX_INFO_LEVELS level, LPVOID to, FINDEX_SEARCH_OPS search,
                                          LPVOID filter, DWORD flags) OVL_SYMBOL(FindFirstFileExA);
WINBASEAPI HANDLE WINAPI FindFirstFileExW(LPCWSTR pattern, FINDEX_INFO_LEVELS level, LPVOID to, FINDEX_SEARCH_OPS search,
                                          LPVOID filter, DWORD flags) OVL_SYMBOL(FindFirstFileExW);
WINBASEAPI BOOL WINAPI FindNextFileA(HANDLE listing, LPWIN32_FIND_DATAA to) OVL_SYMBOL(FindNextFileA);
WINBASEAPI BOOL WINAPI FindNextFileW(HANDLE listing, LPWIN32_FIND_DATAW to) OVL_SYMBOL(FindNextFileW);
WINBASEAPI BOOL WINAPI FindClose(HANDLE listing) OVL_SYMBOL(FindClose);

/* Volumes. */
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceA(LPCSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD freeClusters, LPDWORD clusters)
    OVL_SYMBOL(GetDiskFreeSpaceA);
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD freeClusters, LPDWORD clusters)
    OVL_SYMBOL(GetDiskFreeSpaceW);
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR directory, PULARGE_INTEGER available, PULARGE_INTEGER all,
                                           PULARGE_INTEGER unused) OVL_SYMBOL(GetDiskFreeSpaceExA);
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR directory, PULARGE_INTEGER available, PULARGE_INTEGER all,
                                           PULARGE_INTEGER unused) OVL_SYMBOL(GetDiskFreeSpaceExW);
WINBASEAPI UINT WINAPI GetDriveTypeA(LPCSTR root) OVL_SYMBOL(GetDriveTypeA);
WINBASEAPI UINT WINAPI GetDriveTypeW(LPCWSTR root) OVL_SYMBOL(GetDriveTypeW);
WINBASEAPI BOOL WINAPI GetVolumePathNameA(LPCSTR name, LPSTR to, DWORD room) OVL_SYMBOL(GetVolumePathNameA);
WINBASEAPI BOOL WINAPI GetVolumePathNameW(LPCWSTR name, LPWSTR to, DWORD room) OVL_SYMBOL(GetVolumePathNameW);
WINBASEAPI DWORD WINAPI GetLogicalDrives(VOID) OVL_SYMBOL(GetLogicalDrives);

WINBASEAPI DWORD WINAPI GetLogicalDriveStringsA(DWORD room, LPSTR to) OVL_SYMBOL(GetLogicalDriveStringsA);
WINBASEAPI DWORD WINAPI GetLogicalDriveStringsW(DWORD room, LPWSTR to) OVL_SYMBOL(GetLogicalDriveStringsW);
WINBASEAPI BOOL WINAPI GetVolumeInformationA(LPCSTR root, LPSTR name, DWORD nameRoom, LPDWORD serial, LPDWORD longest,
                                             LPDWORD flags, LPSTR system, DWORD systemRoom) OVL_SYMBOL(GetVolumeInformationA);
WINBASEAPI BOOL WINAPI GetVolumeInformationW(LPCWSTR root, LPWSTR name, DWORD nameRoom, LPDWORD serial, LPDWORD longest,
                                             LPDWORD flags, LPWSTR system, DWORD systemRoom) OVL_SYMBOL(GetVolumeInformationW);
WINBASEAPI BOOL WINAPI GetVolumeInformationByHandleW(HANDLE file, LPWSTR name, DWORD nameRoom, LPDWORD serial, LPDWORD longest,
                                                     LPDWORD flags, LPWSTR system, DWORD systemRoom)
    OVL_SYMBOL(GetVolumeInformationByHandleW);

WINBASEAPI HANDLE WINAPI FindFirstVolumeA(LPSTR to, DWORD room) OVL_SYMBOL(FindFirstVolumeA);
WINBASEAPI HANDLE WINAPI FindFirstVolumeW(LPWSTR to, DWORD room) OVL_SYMBOL(FindFirstVolumeW);
WINBASEAPI BOOL WINAPI FindNextVolumeA(HANDLE listing, LPSTR to, DWORD room) OVL_SYMBOL(FindNextVolumeA);
WINBASEAPI BOOL WINAPI FindNextVolumeW(HANDLE listing, LPWSTR to, DWORD room) OVL_SYMBOL(FindNextVolumeW);
WINBASEAPI BOOL WINAPI FindVolumeClose(HANDLE listing) OVL_SYMBOL(FindVolumeClose);
WINBASEAPI HANDLE WINAPI FindFirstVolumeMountPointA(LPCSTR volume, LPSTR to, DWORD room) OVL_SYMBOL(FindFirstVolumeMountPointA);
WINBASEAPI HANDLE WINAPI FindFirstVolumeMountPointW(LPCWSTR volume, LPWSTR to, DWORD room)
    OVL_SYMBOL(FindFirstVolumeMountPointW);
WINBASEAPI BOOL WINAPI FindNextVolumeMountPointA(HANDLE listing, LPSTR to, DWORD room) OVL_SYMBOL(FindNextVolumeMountPointA);
WINBASEAPI BOOL WINAPI FindNextVolumeMountPointW(HANDLE listing, LPWSTR to, DWORD room) OVL_SYMBOL(FindNextVolumeMountPointW);
WINBASEAPI BOOL WINAPI FindVolumeMountPointClose(HANDLE listing) OVL_SYMBOL(FindVolumeMountPointClose);
WINBASEAPI BOOL WINAPI GetVolumeNameForVolumeMountPointA(LPCSTR root, LPSTR to, DWORD room)
    OVL_SYMBOL(GetVolumeNameForVolumeMountPointA);
WINBASEAPI BOOL WINAPI GetVolumeNameForVolumeMountPointW(LPCWSTR root, LPWSTR to, DWORD room)
    OVL_SYMBOL(GetVolumeNameForVolumeMountPointW);
WINBASEAPI BOOL WINAPI GetVolumePathNamesForVolumeNameA(LPCSTR volume, LPSTR to, DWORD room, PDWORD needed)
    OVL_SYMBOL(GetVolumePathNamesForVolumeNameA);
WINBASEAPI BOOL WINAPI GetVolumePathNamesForVolumeNameW(LPCWSTR volume, LPWSTR to, DWORD room, PDWORD needed)
    OVL_SYMBOL(GetVolumePathNamesForVolumeNameW);
WINBASEAPI BOOL WINAPI SetVolumeMountPointA(LPCSTR root, LPCSTR volume) OVL_SYMBOL(SetVolumeMountPointA);
WINBASEAPI BOOL WINAPI SetVolumeMountPointW(LPCWSTR root, LPCWSTR volume) OVL_SYMBOL(SetVolumeMountPointW);
WINBASEAPI BOOL WINAPI DeleteVolumeMountPointA(LPCSTR root) OVL_SYMBOL(DeleteVolumeMountPointA);
WINBASEAPI BOOL WINAPI DeleteVolumeMountPointW(LPCWSTR root) OVL_SYMBOL(DeleteVolumeMountPointW);
WINBASEAPI BOOL WINAPI SetVolumeLabelA(LPCSTR root, LPCSTR label) OVL_SYMBOL(SetVolumeLabelA);
WINBASEAPI BOOL WINAPI SetVolumeLabelW(LPCWSTR root, LPCWSTR label) OVL_SYMBOL(SetVolumeLabelW);

/* The names of devices. */
#define DDD_RAW_TARGET_PATH 0x1
#define DDD_REMOVE_DEFINITION 0x2
#define DDD_EXACT_MATCH_ON_REMOVE 0x4
#define DDD_NO_BROADCAST_SYSTEM 0x8
WINBASEAPI DWORD WINAPI QueryDosDeviceA(LPCSTR name, LPSTR to, DWORD room) OVL_SYMBOL(QueryDosDeviceA);
WINBASEAPI DWORD WINAPI QueryDosDeviceW(LPCWSTR name, LPWSTR to, DWORD room) OVL_SYMBOL(QueryDosDeviceW);
WINBASEAPI BOOL WINAPI DefineDosDeviceA(DWORD flags, LPCSTR name, LPCSTR target) OVL_SYMBOL(DefineDosDeviceA);
WINBASEAPI BOOL WINAPI DefineDosDeviceW(DWORD flags, LPCWSTR name, LPCWSTR target) OVL_SYMBOL(DefineDosDeviceW);

/* The names of a file, and its streams. */
typedef enum _STREAM_INFO_LEVELS { FindStreamInfoStandard, FindStreamInfoMaxInfoLevel } STREAM_INFO_LEVELS;
typedef struct _WIN32_FIND_STREAM_DATA {
    LARGE_INTEGER StreamSize;
    WCHAR cStreamName[MAX_PATH + 36];
} WIN32_FIND_STREAM_DATA, *PWIN32_FIND_STREAM_DATA;
OVL_SIZE(WIN32_FIND_STREAM_DATA, 600);
WINBASEAPI HANDLE WINAPI FindFirstFileNameW(LPCWSTR name, DWORD flags, LPDWORD room, PWSTR to) OVL_SYMBOL(FindFirstFileNameW);
WINBASEAPI BOOL WINAPI FindNextFileNameW(HANDLE listing, LPDWORD room, PWSTR to) OVL_SYMBOL(FindNextFileNameW);
WINBASEAPI HANDLE WINAPI FindFirstStreamW(LPCWSTR name, STREAM_INFO_LEVELS level, LPVOID to, DWORD flags)
    OVL_SYMBOL(FindFirstStreamW);
WINBASEAPI BOOL WINAPI FindNextStreamW(HANDLE listing, LPVOID to) OVL_SYMBOL(FindNextStreamW);

WINBASEAPI HANDLE WINAPI FindFirstChangeNotificationA(LPCSTR directory, BOOL subtree, DWORD filter)
    OVL_SYMBOL(FindFirstChangeNotificationA);
WINBASEAPI HANDLE WINAPI FindFirstChangeNotificationW(LPCWSTR directory, BOOL subtree, DWORD filter)
    OVL_SYMBOL(FindFirstChangeNotificationW);
WINBASEAPI BOOL WINAPI FindNextChangeNotification(HANDLE watch) OVL_SYMBOL(FindNextChangeNotification);
WINBASEAPI BOOL WINAPI FindCloseChangeNotification(HANDLE watch) OVL_SYMBOL(FindCloseChangeNotification);

WINBASEAPI BOOL WINAPI ReadFileScatter(HANDLE file, FILE_SEGMENT_ELEMENT segments[], DWORD bytes, LPDWORD reserved,
                                       LPOVERLAPPED overlapped) OVL_SYMBOL(ReadFileScatter);
WINBASEAPI BOOL WINAPI WriteFileGather(HANDLE file, FILE_SEGMENT_ELEMENT segments[], DWORD bytes, LPDWORD reserved,
                                       LPOVERLAPPED overlapped) OVL_SYMBOL(WriteFileGather);

WINBASEAPI HANDLE WINAPI CreateFile2(LPCWSTR name, DWORD access, DWORD share, DWORD disposition,
                                     LPCREATEFILE2_EXTENDED_PARAMETERS extended) OVL_SYMBOL(CreateFile2);
OVL_END

#include "ovl/outparams.h"
OVL_OUT(BOOL, ReadFile, (HANDLE file, LPVOID to, DWORD bytes, OVL_LONG out, LPOVERLAPPED overlapped), out,
        (file, to, bytes, OVL_TAKEN, overlapped))
OVL_OUT(BOOL, WriteFile, (HANDLE file, LPCVOID from, DWORD bytes, OVL_LONG out, LPOVERLAPPED overlapped), out,
        (file, from, bytes, OVL_TAKEN, overlapped))
OVL_OUT(DWORD, GetFileSize, (HANDLE file, OVL_LONG out), out, (file, OVL_TAKEN))
#ifdef OVL_CHOOSE
#define ReadFile(a, b, c, d, e) OVL_CHOOSE(ReadFile, d)(a, b, c, d, e)
#define WriteFile(a, b, c, d, e) OVL_CHOOSE(WriteFile, d)(a, b, c, d, e)
#define GetFileSize(a, b) OVL_CHOOSE(GetFileSize, b)(a, b)
#endif

#define CreateFile OVL_AW(CreateFile)
#define GetCompressedFileSize OVL_AW(GetCompressedFileSize)
#define GetFileAttributes OVL_AW(GetFileAttributes)
#define GetFileAttributesEx OVL_AW(GetFileAttributesEx)
#define SetFileAttributes OVL_AW(SetFileAttributes)
#define DeleteFile OVL_AW(DeleteFile)
#define CreateDirectory OVL_AW(CreateDirectory)
#define RemoveDirectory OVL_AW(RemoveDirectory)
#define GetFullPathName OVL_AW(GetFullPathName)
#define GetFinalPathNameByHandle OVL_AW(GetFinalPathNameByHandle)
#define GetTempPath OVL_AW(GetTempPath)
#define GetTempFileName OVL_AW(GetTempFileName)
#define FindFirstFile OVL_AW(FindFirstFile)
#define FindFirstFileEx OVL_AW(FindFirstFileEx)
#define FindNextFile OVL_AW(FindNextFile)
#define GetDiskFreeSpace OVL_AW(GetDiskFreeSpace)
#define GetDiskFreeSpaceEx OVL_AW(GetDiskFreeSpaceEx)
#define GetDriveType OVL_AW(GetDriveType)
#define GetVolumePathName OVL_AW(GetVolumePathName)
#define FindFirstChangeNotification OVL_AW(FindFirstChangeNotification)
#define GetLogicalDriveStrings OVL_AW(GetLogicalDriveStrings)
#define GetVolumeInformation OVL_AW(GetVolumeInformation)
#define GetLongPathName OVL_AW(GetLongPathName)
#define GetShortPathName OVL_AW(GetShortPathName)
#define GetTempPath2 OVL_AW(GetTempPath2)
#define FindFirstVolume OVL_AW(FindFirstVolume)
#define FindNextVolume OVL_AW(FindNextVolume)
#define GetVolumeNameForVolumeMountPoint OVL_AW(GetVolumeNameForVolumeMountPoint)
#define GetVolumePathNamesForVolumeName OVL_AW(GetVolumePathNamesForVolumeName)
#define FindFirstVolumeMountPoint OVL_AW(FindFirstVolumeMountPoint)
#define FindNextVolumeMountPoint OVL_AW(FindNextVolumeMountPoint)
#define SetVolumeMountPoint OVL_AW(SetVolumeMountPoint)
#define DeleteVolumeMountPoint OVL_AW(DeleteVolumeMountPoint)
#define SetVolumeLabel OVL_AW(SetVolumeLabel)
#define QueryDosDevice OVL_AW(QueryDosDevice)
#define DefineDosDevice OVL_AW(DefineDosDevice)

#endif
