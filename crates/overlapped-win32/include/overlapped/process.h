/* Threads and processes of the C library. */
#ifndef OVL_PROCESS_H
#define OVL_PROCESS_H
#include "ovl/crt.h"

#define _P_WAIT 0
#define _P_NOWAIT 1
#define _P_OVERLAY 2

OVL_BEGIN
unsigned long _beginthread(void(__cdecl *start)(void *), unsigned int stack, void *argument) OVL_SYMBOL(_beginthread);
unsigned long _beginthreadex(void *security, unsigned int stack, unsigned int(__stdcall *start)(void *), void *argument,
                             unsigned int flags, unsigned int *id) OVL_SYMBOL(_beginthreadex);
void _endthread(void) OVL_SYMBOL(_endthread);
void _endthreadex(unsigned int code) OVL_SYMBOL(_endthreadex);
int _getpid(void) OVL_LIBC(getpid);
OVL_END

#endif
