/* The classic terminal program: a thread that keeps an overlapped read and a wait for events on their way, and one that writes
 * (contract 01 section 5.5, 03). */
#include "say.h"
#include <string.h>

static HANDLE hStop, hIdle;

static void report_events(DWORD dwEvents)
{
    static const struct { DWORD bit; const char *name; } names[] = {
        {EV_CTS, "CTS"}, {EV_DSR, "DSR"}, {EV_RLSD, "RLSD"}, {EV_BREAK, "BREAK"}, {EV_RXFLAG, "RXFLAG"},
    };
    size_t i;
    printf("events:");
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (dwEvents & names[i].bit)
            printf(" %s", names[i].name);
    printf("\n");
}

static DWORD WINAPI ReaderProc(LPVOID context)
{
    HANDLE hComm = (HANDLE)context;
    OVERLAPPED osReader, osStatus;
    HANDLE handles[3];
    BOOL fWaitingOnRead = FALSE, fWaitingOnStat = FALSE;
    char buffer[64];
    DWORD dwRead, dwEvents = 0, dwRes, dwOvRes;

    memset(&osReader, 0, sizeof(osReader));
    memset(&osStatus, 0, sizeof(osStatus));
    osReader.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    osStatus.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    handles[0] = osReader.hEvent;
    handles[1] = osStatus.hEvent;
    handles[2] = hStop;
    for (;;) {
        if (!fWaitingOnRead) {
            if (ReadFile(hComm, buffer, sizeof(buffer), &dwRead, &osReader)) {
                if (dwRead) {
                    printf("read: %.*s\n", (int)dwRead, buffer);
                    SetEvent(hIdle);
                }
                continue;
            }
            if (GetLastError() != ERROR_IO_PENDING) {
                printf("ReadFile: %lu\n", GetLastError());
                break;
            }
            fWaitingOnRead = TRUE;
        }
        if (!fWaitingOnStat) {
            if (WaitCommEvent(hComm, &dwEvents, &osStatus)) {
                report_events(dwEvents);
                SetEvent(hIdle);
                continue;
            }
            if (GetLastError() != ERROR_IO_PENDING) {
                printf("WaitCommEvent: %lu\n", GetLastError());
                break;
            }
            fWaitingOnStat = TRUE;
        }
        dwRes = WaitForMultipleObjects(3, handles, FALSE, INFINITE);
        if (dwRes == WAIT_OBJECT_0) {
            if (!GetOverlappedResult(hComm, &osReader, &dwRead, FALSE))
                printf("read: error %lu\n", GetLastError());
            else if (dwRead) {
                printf("read: %.*s\n", (int)dwRead, buffer);
                SetEvent(hIdle);
            }
            fWaitingOnRead = FALSE;
        } else if (dwRes == WAIT_OBJECT_0 + 1) {
            if (!GetOverlappedResult(hComm, &osStatus, &dwOvRes, FALSE))
                printf("status: error %lu\n", GetLastError());
            else {
                report_events(dwEvents);
                SetEvent(hIdle);
            }
            fWaitingOnStat = FALSE;
        } else
            break;
    }
    /* A new mask ends the wait, and a cancel the read, unless its time was over a moment before. */
    say("a new mask", SetCommMask(hComm, 0));
    say("ends the wait", GetOverlappedResult(hComm, &osStatus, &dwOvRes, TRUE));
    printf("with events %lu\n", dwEvents);
    CancelIo(hComm);
    if (!GetOverlappedResult(hComm, &osReader, &dwRead, TRUE) && GetLastError() != ERROR_OPERATION_ABORTED)
        printf("read: error %lu\n", GetLastError());
    CloseHandle(osReader.hEvent);
    CloseHandle(osStatus.hEvent);
    return 0;
}

/* Writes on the overlapped port, and waits for the end. */
static void write_all(HANDLE hComm, const char *text)
{
    OVERLAPPED os;
    DWORD dwWritten = 0;
    memset(&os, 0, sizeof(os));
    os.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    if (!WriteFile(hComm, text, (DWORD)strlen(text), &dwWritten, &os) && GetLastError() != ERROR_IO_PENDING)
        printf("WriteFile: %lu\n", GetLastError());
    if (!GetOverlappedResult(hComm, &os, &dwWritten, TRUE) || dwWritten != strlen(text))
        printf("written: %lu, error %lu\n", dwWritten, GetLastError());
    CloseHandle(os.hEvent);
}

static HANDLE open_port(const char *name)
{
    HANDLE hComm = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    COMMTIMEOUTS timeouts = {20, 0, 100, 0, 0};
    DCB dcb;
    say_handle(name, hComm);
    if (hComm == INVALID_HANDLE_VALUE)
        return hComm;
    memset(&dcb, 0, sizeof(dcb));
    dcb.DCBlength = sizeof(dcb);
    say("GetCommState", GetCommState(hComm, &dcb));
    dcb.BaudRate = CBR_115200;
    dcb.EvtChar = '!';
    say("SetCommState", SetCommState(hComm, &dcb));
    say("SetCommTimeouts", SetCommTimeouts(hComm, &timeouts));
    return hComm;
}

static void wait_idle(void)
{
    if (WaitForSingleObject(hIdle, 30000) != WAIT_OBJECT_0)
        printf("the reader says nothing\n");
}

int main(void)
{
    HANDLE hNear = open_port("COM7"), hFar = open_port("\\\\.\\COM8"), hReader;

    if (hNear == INVALID_HANDLE_VALUE || hFar == INVALID_HANDLE_VALUE)
        return 1;
    hStop = CreateEvent(NULL, TRUE, FALSE, NULL);
    hIdle = CreateEvent(NULL, FALSE, FALSE, NULL);
    say("SetCommMask", SetCommMask(hNear, EV_CTS | EV_DSR | EV_RLSD | EV_BREAK | EV_RXFLAG));
    hReader = CreateThread(NULL, 0, ReaderProc, hNear, 0, NULL);

    write_all(hFar, "hello");
    wait_idle();
    EscapeCommFunction(hFar, CLRRTS);
    wait_idle();
    EscapeCommFunction(hFar, CLRDTR);
    wait_idle();
    SetCommBreak(hFar);
    wait_idle();
    ClearCommBreak(hFar);
    write_all(hFar, "and good bye");
    wait_idle();

    SetEvent(hStop);
    say_wait("the reader ends", WaitForSingleObject(hReader, 30000));
    CloseHandle(hReader);
    CloseHandle(hNear);
    CloseHandle(hFar);
    CloseHandle(hStop);
    CloseHandle(hIdle);
    return 0;
}
