/* The compiler's <float.h>, with Microsoft's control of the processor and its names for what libc has. Precision cannot be chosen, as on
 * 64-bit Windows. */
#pragma GCC system_header
/* Before the guard: libstdc++'s and the compiler's include each other. */
#include_next <float.h>
#ifndef OVL_FLOAT_H
#define OVL_FLOAT_H
#include "ovl/crt.h"
#include "ovl/floating.h"

#define _SW_INEXACT 0x00000001
#define _SW_UNDERFLOW 0x00000002
#define _SW_OVERFLOW 0x00000004
#define _SW_ZERODIVIDE 0x00000008
#define _SW_INVALID 0x00000010
#define _SW_UNEMULATED 0x00000040
#define _SW_SQRTNEG 0x00000080
#define _SW_STACKOVERFLOW 0x00000200
#define _SW_STACKUNDERFLOW 0x00000400
#define _SW_DENORMAL 0x00080000

#define _EM_INEXACT 0x00000001
#define _EM_UNDERFLOW 0x00000002
#define _EM_OVERFLOW 0x00000004
#define _EM_ZERODIVIDE 0x00000008
#define _EM_INVALID 0x00000010
#define _EM_DENORMAL 0x00080000
#define _MCW_EM 0x0008001F
#define _RC_NEAR 0x00000000
#define _RC_DOWN 0x00000100
#define _RC_UP 0x00000200
#define _RC_CHOP 0x00000300
#define _MCW_RC 0x00000300
#define _PC_64 0x00000000
#define _PC_53 0x00010000
#define _PC_24 0x00020000
#define _MCW_PC 0x00030000
#define _IC_PROJECTIVE 0x00000000
#define _IC_AFFINE 0x00040000
#define _MCW_IC 0x00040000
#define _DN_SAVE 0x00000000
#define _DN_FLUSH 0x01000000
#define _DN_FLUSH_OPERANDS_SAVE_RESULTS 0x02000000
#define _DN_SAVE_OPERANDS_FLUSH_RESULTS 0x03000000
#define _MCW_DN 0x03000000
#define _CW_DEFAULT (_RC_NEAR + _EM_INVALID + _EM_ZERODIVIDE + _EM_OVERFLOW + _EM_UNDERFLOW + _EM_INEXACT + _EM_DENORMAL)
#define MCW_EM _MCW_EM
#define MCW_RC _MCW_RC
#define MCW_PC _MCW_PC
#define MCW_IC _MCW_IC
#define EM_INEXACT _EM_INEXACT
#define EM_UNDERFLOW _EM_UNDERFLOW
#define EM_OVERFLOW _EM_OVERFLOW
#define EM_ZERODIVIDE _EM_ZERODIVIDE
#define EM_INVALID _EM_INVALID
#define EM_DENORMAL _EM_DENORMAL
#define RC_NEAR _RC_NEAR
#define RC_DOWN _RC_DOWN
#define RC_UP _RC_UP
#define RC_CHOP _RC_CHOP
#define PC_64 _PC_64
#define PC_53 _PC_53
#define PC_24 _PC_24
#define CW_DEFAULT _CW_DEFAULT

/* What a handler of SIGFPE is told on Windows. */
#define _FPE_INVALID 0x81
#define _FPE_DENORMAL 0x82
#define _FPE_ZERODIVIDE 0x83
#define _FPE_OVERFLOW 0x84
#define _FPE_UNDERFLOW 0x85
#define _FPE_INEXACT 0x86
#define _FPE_UNEMULATED 0x87
#define _FPE_SQRTNEG 0x88
#define _FPE_STACKOVERFLOW 0x8a
#define _FPE_STACKUNDERFLOW 0x8b
#define _FPE_EXPLICITGEN 0x8c

OVL_BEGIN
unsigned int _control87(unsigned int value, unsigned int mask) OVL_SYMBOL(_control87);
unsigned int _controlfp(unsigned int value, unsigned int mask) OVL_SYMBOL(_controlfp);
errno_t _controlfp_s(unsigned int *now, unsigned int value, unsigned int mask) OVL_SYMBOL(_controlfp_s);
unsigned int _statusfp(void) OVL_SYMBOL(_statusfp);
unsigned int _clearfp(void) OVL_SYMBOL(_clearfp);
void _fpreset(void) OVL_SYMBOL(_fpreset);
OVL_END
#define _status87 _statusfp
#define _clear87 _clearfp
#define fpreset _fpreset

#endif
