/* The first technique: the device itself becomes signalled (founding document 5.1; contract 03 sections 5 and 10). */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

int main(void)
{
    HANDLE hFile;
    BYTE bBuffer[100];
    OVERLAPPED o = {0};
    BOOL bReadDone;
    DWORD dwError, dwBytes, i;

    /* A file of 1000 bytes, each its own offset, cut to eight bits. */
    hFile = CreateFile(_T("device.dat"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    for (i = 0; i < 1000; i++) {
        BYTE b = (BYTE)i;
        WriteFile(hFile, &b, 1, &dwBytes, NULL);
    }
    CloseHandle(hFile);

    hFile = CreateFile(_T("device.dat"), GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (hFile == INVALID_HANDLE_VALUE) {
        printf("CreateFile failed: %lu\n", GetLastError());
        return 1;
    }
    printf("before any request: %s\n", WaitForSingleObject(hFile, 0) == WAIT_OBJECT_0 ? "signalled" : "not signalled");

    o.Offset = 345;
    bReadDone = ReadFile(hFile, bBuffer, 100, NULL, &o);
    dwError = GetLastError();
    printf("ReadFile: %s, %s\n", bReadDone ? "TRUE" : "FALSE", dwError == ERROR_IO_PENDING ? "ERROR_IO_PENDING" : "something else");
    if (!bReadDone && (dwError == ERROR_IO_PENDING)) {
        WaitForSingleObject(hFile, INFINITE);
        bReadDone = TRUE;
    }
    if (bReadDone) {
        /* o.Internal has the status, o.InternalHigh the bytes, bBuffer what was read. */
        printf("status %lu, %lu bytes, from %u to %u\n", (DWORD)o.Internal, (DWORD)o.InternalHigh, bBuffer[0], bBuffer[99]);
        printf("completed: %s\n", HasOverlappedIoCompleted(&o) ? "yes" : "no");
        printf("Offset is left alone: %lu\n", o.Offset);
    } else {
        printf("error %lu\n", dwError);
    }
    printf("and stays signalled: %s\n", WaitForSingleObject(hFile, 0) == WAIT_OBJECT_0 ? "yes" : "no");

    CloseHandle(hFile);
    DeleteFile(_T("device.dat"));
    return 0;
}
