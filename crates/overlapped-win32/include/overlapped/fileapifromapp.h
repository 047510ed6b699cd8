/* Functions for confined programs, which no program here is: the ordinary ones. */
#ifndef OVL_FILEAPIFROMAPP_H
#define OVL_FILEAPIFROMAPP_H
#include "winbase.h"

#define CopyFileFromAppW CopyFileW
#define CreateDirectoryFromAppW CreateDirectoryW
#define CreateFileFromAppW CreateFileW
#define CreateFile2FromAppW CreateFile2
#define DeleteFileFromAppW DeleteFileW
#define FindFirstFileExFromAppW FindFirstFileExW
#define GetFileAttributesExFromAppW GetFileAttributesExW
#define MoveFileFromAppW MoveFileW
#define RemoveDirectoryFromAppW RemoveDirectoryW
#define ReplaceFileFromAppW ReplaceFileW
#define SetFileAttributesFromAppW SetFileAttributesW

#endif
