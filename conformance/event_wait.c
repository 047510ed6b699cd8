/* The second technique: an event for each request, several requests on one device, one wait for all of them
 * (founding document 5.2; contract 03 sections 4 and 5, D1). */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif

int main(void)
{
    HANDLE hFile, h[2];
    BYTE bReadBuff[10] = {0}, bWriteBuff[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    OVERLAPPED oRead = {0}, oWrite = {0};
    DWORD dw, dwBytes, left = 2;
    BOOL ok;

    hFile = CreateFile(_T("events.dat"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(hFile, "ABCDEFGHIJ..........", 20, &dwBytes, NULL);
    CloseHandle(hFile);

    hFile = CreateFile(_T("events.dat"), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (hFile == INVALID_HANDLE_VALUE) {
        printf("CreateFile failed: %lu\n", GetLastError());
        return 1;
    }

    oRead.Offset = 0;
    oRead.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    ok = ReadFile(hFile, bReadBuff, 10, NULL, &oRead);
    printf("ReadFile: %s\n", !ok && GetLastError() == ERROR_IO_PENDING ? "ERROR_IO_PENDING" : "not pending");

    oWrite.Offset = 10;
    oWrite.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    ok = WriteFile(hFile, bWriteBuff, _countof(bWriteBuff), NULL, &oWrite);
    printf("WriteFile: %s\n", !ok && GetLastError() == ERROR_IO_PENDING ? "ERROR_IO_PENDING" : "not pending");

    /* Other work would go here. Each request is handled once, in whatever order they finish. */
    h[0] = oRead.hEvent;
    h[1] = oWrite.hEvent;
    while (left > 0) {
        dw = WaitForMultipleObjects(2, h, FALSE, INFINITE);
        switch (dw) {
        case WAIT_TIMEOUT:
            printf("timeout\n");
            return 1;
        case WAIT_FAILED:
            printf("failed: %lu\n", GetLastError());
            return 1;
        case WAIT_OBJECT_0 + 0:
        case WAIT_OBJECT_0 + 1:
            ResetEvent(h[dw - WAIT_OBJECT_0]);
            left--;
            break;
        }
    }
    ok = GetOverlappedResult(hFile, &oRead, &dwBytes, FALSE);
    printf("read: %s, %lu bytes, %.10s\n", ok ? "TRUE" : "FALSE", dwBytes, (char *)bReadBuff);
    ok = GetOverlappedResult(hFile, &oWrite, &dwBytes, FALSE);
    printf("write: %s, %lu bytes\n", ok ? "TRUE" : "FALSE", dwBytes);

    /* Read back what was written, this time with both waits in one. */
    ZeroMemory(bReadBuff, sizeof bReadBuff);
    oRead.Offset = 10;
    SetEvent(oRead.hEvent); /* the start of a request resets it */
    ok = ReadFile(hFile, bReadBuff, 10, NULL, &oRead);
    if (!ok && GetLastError() == ERROR_IO_PENDING)
        ok = GetOverlappedResult(hFile, &oRead, &dwBytes, TRUE);
    printf("read back: %s, %lu bytes, first %u, last %u\n", ok ? "TRUE" : "FALSE", dwBytes, bReadBuff[0], bReadBuff[9]);
    printf("manual-reset event: %s\n", WaitForSingleObject(oRead.hEvent, 0) == WAIT_OBJECT_0 ? "still set" : "not set");

    CloseHandle(oRead.hEvent);
    CloseHandle(oWrite.hEvent);
    CloseHandle(hFile);
    DeleteFile(_T("events.dat"));
    return 0;
}
