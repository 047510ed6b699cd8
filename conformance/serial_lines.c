/* Modem lines, handshakes, errors and queues (contract 01 sections 5.2, 5.5 and 5.6). */
#include "say.h"
#include <string.h>

static HANDLE hNear, hFar;

static void lines(const char *what)
{
    DWORD status = 0;
    if (!GetCommModemStatus(hNear, &status))
        printf("GetCommModemStatus: %lu\n", GetLastError());
    printf("%s:%s%s%s%s\n", what, status & MS_CTS_ON ? " CTS" : "", status & MS_DSR_ON ? " DSR" : "", status & MS_RING_ON ? " RING" : "",
           status & MS_RLSD_ON ? " RLSD" : "");
}

static void queues(const char *what)
{
    COMSTAT stat;
    DWORD errors = 0;
    memset(&stat, 0, sizeof(stat));
    if (!ClearCommError(hNear, &errors, &stat))
        printf("ClearCommError: %lu\n", GetLastError());
    printf("%s: errors %lx, in %lu, out %lu%s%s%s%s\n", what, (unsigned long)errors, (unsigned long)stat.cbInQue, (unsigned long)stat.cbOutQue,
           stat.fCtsHold ? ", held by CTS" : "", stat.fDsrHold ? ", held by DSR" : "", stat.fXoffHold ? ", held by XOFF" : "",
           stat.fTxim ? ", a byte ahead" : "");
}

static void put(HANDLE port, const char *text)
{
    DWORD done = 0;
    if (!WriteFile(port, text, (DWORD)strlen(text), &done, NULL) || done != strlen(text))
        printf("WriteFile: %lu bytes, error %lu\n", done, GetLastError());
}

static void get(HANDLE port)
{
    char buffer[64];
    DWORD done = 0;
    if (!ReadFile(port, buffer, sizeof(buffer), &done, NULL))
        printf("ReadFile: %lu\n", GetLastError());
    printf("read: \"%.*s\"\n", (int)done, buffer);
}

int main(void)
{
    COMMTIMEOUTS quick;
    DCB dcb, impossible;
    DWORD done = 99, events = 0, errors = 0;

    hNear = CreateFileA("COM7", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    hFar = CreateFileA("COM8", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("COM7", hNear);
    say_handle("COM8", hFar);
    if (hNear == INVALID_HANDLE_VALUE || hFar == INVALID_HANDLE_VALUE)
        return 1;
    say_handle("COM7 again", CreateFileA("COM7", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    say_handle("COM4000", CreateFileA("\\\\.\\COM4000", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    printf("type %lu\n", GetFileType(hNear));
    memset(&quick, 0, sizeof(quick));
    quick.ReadIntervalTimeout = MAXDWORD;
    quick.WriteTotalTimeoutConstant = 20;
    SetCommTimeouts(hNear, &quick);
    SetCommTimeouts(hFar, &quick);

    lines("open");
    say("CLRRTS", EscapeCommFunction(hFar, CLRRTS));
    lines("without RTS");
    say("CLRDTR", EscapeCommFunction(hFar, CLRDTR));
    lines("without DTR");
    EscapeCommFunction(hFar, SETRTS);
    EscapeCommFunction(hFar, SETDTR);
    lines("with both");
    say("no such function", EscapeCommFunction(hFar, 10));

    memset(&dcb, 0, sizeof(dcb));
    dcb.DCBlength = sizeof(dcb);
    say("GetCommState", GetCommState(hNear, &dcb));
    impossible = dcb;
    impossible.ByteSize = 255;
    say("255 bits", SetCommState(hNear, &impossible));
    impossible = dcb;
    impossible.XonChar = impossible.XoffChar;
    say("XON is XOFF", SetCommState(hNear, &impossible));
    impossible = dcb;
    impossible.ByteSize = 5;
    impossible.StopBits = TWOSTOPBITS;
    say("5 bits, 2 stop bits", SetCommState(hNear, &impossible));
    impossible.ByteSize = 8;
    impossible.StopBits = ONE5STOPBITS;
    say("8 bits, 1.5 stop bits", SetCommState(hNear, &impossible));

    dcb.fOutxCtsFlow = TRUE;
    say("CTS flow", SetCommState(hNear, &dcb));
    EscapeCommFunction(hFar, CLRRTS);
    say("a held write", WriteFile(hNear, "held", 4, &done, NULL));
    printf("%lu bytes\n", done);
    queues("held");
    EscapeCommFunction(hFar, SETRTS);
    put(hNear, "free");
    get(hFar);
    dcb.fOutxCtsFlow = FALSE;
    dcb.fOutX = TRUE;
    SetCommState(hNear, &dcb);
    put(hFar, "a\023b");
    queues("after XOFF");
    say("a byte ahead", TransmitCommChar(hNear, '!'));
    say("and another", TransmitCommChar(hNear, '?'));
    queues("it waits");
    put(hFar, "\021c");
    /* A port takes in what has come with each call: here the XON, and then at the other end what that lets go. */
    ClearCommError(hNear, &errors, NULL);
    get(hFar);
    queues("after XON");
    get(hNear);

    dcb.fRtsControl = RTS_CONTROL_HANDSHAKE;
    dcb.fDtrControl = DTR_CONTROL_HANDSHAKE;
    say("handshakes", SetCommState(hNear, &dcb));
    say("SETRTS", EscapeCommFunction(hNear, SETRTS));
    say("CLRDTR", EscapeCommFunction(hNear, CLRDTR));

    say("SetCommMask", SetCommMask(hNear, EV_BREAK | EV_RXCHAR | EV_TXEMPTY));
    say("SetCommBreak", SetCommBreak(hFar));
    say("ClearCommBreak", ClearCommBreak(hFar));
    put(hFar, "x");
    put(hNear, "y");
    say("WaitCommEvent", WaitCommEvent(hNear, &events, NULL));
    printf("events %lx\n", (unsigned long)events);
    queues("a break");
    say("nothing to purge", PurgeComm(hNear, 0));
    say("PurgeComm", PurgeComm(hNear, PURGE_RXCLEAR | PURGE_TXCLEAR));
    queues("purged");
    say("FlushFileBuffers", FlushFileBuffers(hNear));
    CloseHandle(hFar);
    lines("alone");
    CloseHandle(hNear);
    return 0;
}
