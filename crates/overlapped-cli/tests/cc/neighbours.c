/* Headers that other compilers for Windows have: <sys/time.h> before winsock2.h or behind the first Winsock, and mbstring.h. */
#ifdef FIRST_WINSOCK
#include <windows.h>
#include <winsock.h>
#include <sys/time.h>
static LPTRANSMIT_FILE_BUFFERS buffers;
static int code = EAI_BADFLAGS;
#else
#include <sys/time.h>
#include <winsock2.h>
#include <mswsock.h>
#include <ws2tcpip.h>
static TRANSMIT_FILE_BUFFERS *buffers;
static int code = WSAEINVAL;
#endif
#include <mbstring.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One, two and three bytes, and one that begins no character. */
static unsigned char text[] = "a\xC3\xA9\xE2\x82\xAC\xFFz\\b";

int main(void)
{
    struct timeval now = {0, -1}, never;
    struct timezone zone = {0, 0};
    unsigned char part[8], *at = text;
    time_t seconds = time(NULL);
    int steps = 0;
    timerclear(&never);
    printf("%d %d\n", gettimeofday(&now, &zone), timerisset(&never));
    printf("%d %d %d\n", (int)sizeof now, now.tv_sec >= seconds && now.tv_sec < seconds + 60, now.tv_usec >= 0 && now.tv_usec < 1000000);
    printf("%d %d\n", buffers == NULL, code);
    for (; *at; at = _mbsinc(at)) steps++;
    while (at > text) at = _mbsdec(text, at), steps--;
    printf("%d %d %d\n", (int)_mbslen(text), steps, _mbsdec(text, text) == NULL);
    printf("%d %d %d\n", (int)(_mbschr(text, 0xE282AC) - text), (int)(_mbsrchr(text, '\\') - text), _mbschr(text, 0xA9) == NULL);
    printf("%d %d %X\n", (int)_mbsnbcnt(text, 3), (int)_mbsnccnt(text, 6), _mbsnextc(text + 1));
    memset(part, 0, sizeof part);
    _mbsncpy(part, text + 6, 4);
    printf("%d %s\n", part[0], (char *)part + 1);
    printf("%d %d\n", (int)_mbscspn(text, (const unsigned char *)"\\\xE2\x82\xAC"), _mbsncmp(text, (const unsigned char *)"a\xC3\xA9!", 2));
    return 0;
}
