/* A file over a null modem: one thread sends it in blocks with a sum, the other writes what comes and answers each block
 * (contract 01 section 5). */
#include "say.h"
#include <string.h>

#define BLOCK 512
#define BLOCKS 100
#define ACK 6

typedef struct {
    DWORD number, size, sum;
    BYTE data[BLOCK];
} PACKET;

static DWORD sum_of(const BYTE *data, DWORD size)
{
    DWORD i, sum = 0;
    for (i = 0; i < size; i++)
        sum = sum * 31 + data[i];
    return sum;
}

static HANDLE open_port(const char *name)
{
    HANDLE h = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    COMMTIMEOUTS timeouts = {0, 0, 30000, 0, 30000};
    DCB dcb;
    if (h == INVALID_HANDLE_VALUE) {
        say_handle(name, h);
        ExitProcess(1);
    }
    memset(&dcb, 0, sizeof(dcb));
    dcb.DCBlength = sizeof(dcb);
    if (!GetCommState(h, &dcb) || !BuildCommDCBA("baud=115200 parity=n data=8 stop=1 octs=on rts=hs", &dcb) || !SetCommState(h, &dcb) ||
        !SetCommTimeouts(h, &timeouts) || !SetupComm(h, 4096, 4096) || !PurgeComm(h, PURGE_RXCLEAR | PURGE_TXCLEAR))
        printf("%s is not set up: %lu\n", name, GetLastError());
    return h;
}

static DWORD WINAPI sender(LPVOID name)
{
    HANDLE port = open_port("COM7"), file = CreateFileA((const char *)name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    PACKET packet;
    DWORD done;
    BYTE answer;

    for (packet.number = 0;; packet.number++) {
        ReadFile(file, packet.data, BLOCK, &packet.size, NULL);
        packet.sum = sum_of(packet.data, packet.size);
        if (!WriteFile(port, &packet, sizeof(packet), &done, NULL) || done != sizeof(packet))
            break;
        if (!ReadFile(port, &answer, 1, &done, NULL) || done != 1 || answer != ACK)
            break;
        if (packet.size == 0)
            break;
    }
    printf("sent: %lu blocks\n", packet.number);
    CloseHandle(file);
    CloseHandle(port);
    return 0;
}

int main(void)
{
    HANDLE file, port, thread;
    PACKET packet;
    BYTE data[BLOCK], answer = ACK;
    DWORD i, done, blocks = 0, wrong = 0;

    file = CreateFileA("from.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    for (i = 0; i < BLOCKS; i++) {
        memset(data, (int)(i * 7), sizeof(data));
        data[i % BLOCK] = (BYTE)i;
        WriteFile(file, data, BLOCK, &done, NULL);
    }
    CloseHandle(file);

    port = open_port("COM8");
    file = CreateFileA("to.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    thread = CreateThread(NULL, 0, sender, (LPVOID)"from.dat", 0, NULL);
    for (;;) {
        if (!ReadFile(port, &packet, sizeof(packet), &done, NULL) || done != sizeof(packet)) {
            printf("ReadFile: %lu bytes, error %lu\n", done, GetLastError());
            break;
        }
        if (packet.number != blocks || packet.sum != sum_of(packet.data, packet.size))
            wrong++;
        WriteFile(file, packet.data, packet.size, &done, NULL);
        WriteFile(port, &answer, 1, &done, NULL);
        if (packet.size == 0)
            break;
        blocks++;
    }
    say_wait("the sender ends", WaitForSingleObject(thread, 60000));
    printf("received: %lu blocks, %lu wrong, %lu bytes\n", blocks, wrong, GetFileSize(file, NULL));
    CloseHandle(thread);
    CloseHandle(file);
    CloseHandle(port);
    DeleteFileA("from.dat");
    DeleteFileA("to.dat");
    return 0;
}
