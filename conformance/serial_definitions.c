/* BuildCommDCB: ports described in a line of text (contract 01 section 5.3). */
#include "say.h"
#include <string.h>

static void show(const char *text)
{
    DCB dcb;
    COMMTIMEOUTS timeouts;
    BOOL ok;

    memset(&dcb, 0, sizeof(dcb));
    dcb.DCBlength = sizeof(dcb);
    dcb.BaudRate = 4711;
    dcb.ByteSize = 9;
    dcb.Parity = 7;
    dcb.StopBits = 5;
    memset(&timeouts, 0x11, sizeof(timeouts));
    SetLastError(0);
    ok = BuildCommDCBAndTimeoutsA(text, &dcb, &timeouts);
    if (!ok)
        printf("%-46s FALSE/%lu%s\n", text, GetLastError(), dcb.BaudRate == 4711 && dcb.ByteSize == 9 ? "" : ", but changed");
    else
        printf("%-46s %lu,%d,%d,%d dtr %d rts %d cts %d dsr %d x %d%d idsr %d to %lx\n", text, (unsigned long)dcb.BaudRate, dcb.Parity,
               dcb.ByteSize, dcb.StopBits, (int)dcb.fDtrControl, (int)dcb.fRtsControl, (int)dcb.fOutxCtsFlow, (int)dcb.fOutxDsrFlow,
               (int)dcb.fOutX, (int)dcb.fInX, (int)dcb.fDsrSensitivity, (unsigned long)timeouts.WriteTotalTimeoutConstant);
}

int main(void)
{
    static const char *const texts[] = {
        "baud=300", "parity=e", "parity=O", "data=7", "stop=1", "stop=1.5", "stop=2", "baud=1200 parity=n data=8 stop=1",
        "BAUD=600 Data=5", "xon=on", "xon=off", "odsr=on", "octs=on", "idsr=on", "dtr=on", "dtr=off", "dtr=hs", "rts=on", "rts=hs",
        "rts=tg", "to=on", "to=off", "data=4", "data=9", "stop=0", "stop=3", "stop=1.501", "parity=no", "parity=x", "to=foobar",
        "bps=300", " baud=300", "baud= 300", "baud=300,parity=n", "96,n,8,1", "9600,N,8,1", "11,o,7,2", "12,e,6,1", "19,m,8,1", "57600,s,8,1",
        "96 , n , 8 , 1 ", "96,n,8,1,x", "96,n,8,1,p", "96,n,8,1,X", "96,n,9,1", "96,n,8,3", "96,n,8,1 xon=on",
        "COM0:96,n,8,1",
    };
    DCB dcb;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        show(texts[i]);
    memset(&dcb, 0, sizeof(dcb));
    say("wide", BuildCommDCBW(L"19,n,8,1", &dcb));
    printf("%lu\n", (unsigned long)dcb.BaudRate);
    return 0;
}
