/* Keys, without waiting for a line. */
#ifndef OVL_CONIO_H
#define OVL_CONIO_H
#include "ovl/crt.h"
#include <stdio.h>

#define _cprintf printf
OVL_BEGIN
int _getch(void) OVL_SYMBOL(_getch);
int _getche(void) OVL_SYMBOL(_getche);
int _kbhit(void) OVL_SYMBOL(_kbhit);
int _putch(int byte) OVL_SYMBOL(_putch);
int _cputs(const char *text) OVL_SYMBOL(_cputs);
int _ungetch(int byte) OVL_SYMBOL(_ungetch);
OVL_END
#define getch _getch
#define getche _getche
#define kbhit _kbhit
#define putch _putch

#endif
