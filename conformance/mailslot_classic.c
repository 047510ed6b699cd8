/* A mailslot as the books show it: the server waits for messages with an overlapped read and an event, and lists what has come;
 * a client opens the name like a file and writes (founding document, the list of devices; contract 07 section 4). */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>
#include <strsafe.h>

static TCHAR szName[64];
static HANDLE hSlot;

static BOOL WriteSlot(HANDLE hFile, LPCTSTR lpszMessage)
{
    DWORD cbWritten;

    if (!WriteFile(hFile, lpszMessage, (DWORD)(lstrlen(lpszMessage) + 1) * sizeof(TCHAR), &cbWritten, (LPOVERLAPPED)NULL)) {
        printf("WriteFile failed: %lu\n", GetLastError());
        return FALSE;
    }
    printf("written: %lu\n", cbWritten / (DWORD)sizeof(TCHAR));
    return TRUE;
}

static BOOL ReadSlot(void)
{
    DWORD cbMessage = 0, cMessage = 0, cbRead = 0, cAllMessages;
    BOOL fResult;
    LPTSTR lpszBuffer;
    HANDLE hEvent;
    OVERLAPPED ov;

    hEvent = CreateEvent(NULL, FALSE, FALSE, NULL);
    if (hEvent == NULL)
        return FALSE;
    ov.Offset = 0;
    ov.OffsetHigh = 0;
    ov.hEvent = hEvent;

    fResult = GetMailslotInfo(hSlot, (LPDWORD)NULL, &cbMessage, &cMessage, (LPDWORD)NULL);
    if (!fResult) {
        printf("GetMailslotInfo failed: %lu\n", GetLastError());
        return FALSE;
    }
    if (cbMessage == MAILSLOT_NO_MESSAGE) {
        printf("no message waits\n");
        CloseHandle(hEvent);
        return TRUE;
    }
    cAllMessages = cMessage;
    while (cMessage != 0) {
        lpszBuffer = (LPTSTR)GlobalAlloc(GPTR, cbMessage);
        if (lpszBuffer == NULL)
            return FALSE;
        fResult = ReadFile(hSlot, lpszBuffer, cbMessage, &cbRead, &ov);
        if (!fResult) {
            printf("ReadFile failed: %lu\n", GetLastError());
            GlobalFree((HGLOBAL)lpszBuffer);
            return FALSE;
        }
        _tprintf(TEXT("message %lu of %lu, %lu characters: %s\n"), cAllMessages - cMessage + 1, cAllMessages,
                 cbRead / (DWORD)sizeof(TCHAR), lpszBuffer);
        GlobalFree((HGLOBAL)lpszBuffer);
        fResult = GetMailslotInfo(hSlot, (LPDWORD)NULL, &cbMessage, &cMessage, (LPDWORD)NULL);
        if (!fResult) {
            printf("GetMailslotInfo failed: %lu\n", GetLastError());
            return FALSE;
        }
    }
    CloseHandle(hEvent);
    return TRUE;
}

static DWORD WINAPI Client(LPVOID parameter)
{
    HANDLE hFile;

    (void)parameter;
    hFile = CreateFile(szName, GENERIC_WRITE, FILE_SHARE_READ, (LPSECURITY_ATTRIBUTES)NULL, OPEN_EXISTING,
                       FILE_ATTRIBUTE_NORMAL, (HANDLE)NULL);
    if (hFile == INVALID_HANDLE_VALUE) {
        printf("CreateFile failed: %lu\n", GetLastError());
        return 1;
    }
    WriteSlot(hFile, TEXT("Message one for mailslot."));
    WriteSlot(hFile, TEXT("Message two for mailslot."));
    Sleep(20);
    WriteSlot(hFile, TEXT("Message three for mailslot."));
    CloseHandle(hFile);
    return 0;
}

int main(void)
{
    HANDLE hThread;

    StringCchPrintf(szName, 64, TEXT("\\\\.\\mailslot\\classic_%lu"), GetCurrentProcessId());
    hSlot = CreateMailslot(szName, 0, MAILSLOT_WAIT_FOREVER, (LPSECURITY_ATTRIBUTES)NULL);
    if (hSlot == INVALID_HANDLE_VALUE) {
        printf("CreateMailslot failed: %lu\n", GetLastError());
        return 1;
    }
    printf("Mailslot created.\n");
    if (!ReadSlot())
        return 1;
    hThread = CreateThread(NULL, 0, Client, NULL, 0, NULL);
    WaitForSingleObject(hThread, INFINITE);
    CloseHandle(hThread);
    if (!ReadSlot())
        return 1;
    CloseHandle(hSlot);
    return 0;
}
