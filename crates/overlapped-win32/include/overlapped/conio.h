/* Keys, without waiting for a line. */
#ifndef OVL_CONIO_H
#define OVL_CONIO_H
#include "ovl/crt.h"
#include <stdio.h>

#define _cprintf printf
#define _cputs(text) fputs((text), stdout)
#define _putch(byte) putchar(byte)
#if OVL_HAVE_CRT_CONIO
OVL_BEGIN
int _getch(void) OVL_SYMBOL(_getch);
int _getche(void) OVL_SYMBOL(_getche);
int _kbhit(void) OVL_SYMBOL(_kbhit);
int _ungetch(int byte) OVL_SYMBOL(_ungetch);
OVL_END
#define getch _getch
#define getche _getche
#define kbhit _kbhit
#endif
#define putch _putch

#endif
