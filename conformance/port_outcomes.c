/* The loop that tells the four outcomes of GetQueuedCompletionStatus apart (founding document 5.4.2; contract 06 sections 2 and 4). */
#include <windows.h>
#include <stdio.h>

#define CK_READ 1
#define CK_WRITE 2

static HANDLE hIOCP;

static void take_one(void)
{
    DWORD dwNumBytes = 4711;
    ULONG_PTR CompletionKey = 4711;
    OVERLAPPED *pOverlapped;
    BOOL bOk = GetQueuedCompletionStatus(hIOCP, &dwNumBytes, &CompletionKey, &pOverlapped, 1000);
    DWORD dwError = GetLastError();

    if (bOk) {
        switch (CompletionKey) {
        case CK_READ:
            printf("a read succeeded: %lu bytes\n", dwNumBytes);
            break;
        case CK_WRITE:
            printf("a write succeeded: %lu bytes\n", dwNumBytes);
            break;
        default:
            printf("key %lu: %lu bytes\n", (DWORD)CompletionKey, dwNumBytes);
            break;
        }
    } else {
        if (pOverlapped != NULL) {
            printf("a request failed: error %lu, key %lu, %lu bytes, Internal %08lX\n", dwError, (DWORD)CompletionKey, dwNumBytes,
                   (DWORD)pOverlapped->Internal);
        } else {
            if (dwError == WAIT_TIMEOUT)
                printf("nothing came in time\n");
            else
                printf("the call itself failed: %lu\n", dwError);
        }
    }
}

int main(void)
{
    char bBuffer[64];
    OVERLAPPED o = {0}, oEnd = {0};
    HANDLE hRead, hWrite;

    hIOCP = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    hWrite = CreateFileA("outcome.dat", GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);
    CreateIoCompletionPort(hWrite, hIOCP, CK_WRITE, 0);
    WriteFile(hWrite, "0123456789", 10, NULL, &o);
    take_one();

    hRead = CreateFileA("outcome.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    CreateIoCompletionPort(hRead, hIOCP, CK_READ, 0);
    ReadFile(hRead, bBuffer, 64, NULL, &o);
    take_one();

    oEnd.Offset = 10;
    ReadFile(hRead, bBuffer, 64, NULL, &oEnd);
    take_one();
    oEnd.Offset = 1000000;
    ReadFile(hRead, bBuffer, 64, NULL, &oEnd);
    take_one();

    PostQueuedCompletionStatus(hIOCP, 5, 77, NULL);
    take_one();
    take_one();
    CloseHandle(hRead);
    CloseHandle(hWrite);
    CloseHandle(hIOCP);
    take_one();
    DeleteFileA("outcome.dat");
    return 0;
}
