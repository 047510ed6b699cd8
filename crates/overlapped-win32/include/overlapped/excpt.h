/* Structured exception handling. The keywords are in ovl/prelude.h, with what they can and cannot do here. */
#ifndef OVL_EXCPT_H
#define OVL_EXCPT_H
#include "ovl/base.h"

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

/* Filters and handlers do not run, so these have nothing to tell. */
#define GetExceptionCode() 0u
#define _exception_code() 0u
#define exception_code() 0u
#define GetExceptionInformation() ((struct _EXCEPTION_POINTERS *)0)
#define _exception_info() ((struct _EXCEPTION_POINTERS *)0)
#define AbnormalTermination() 0
#define _abnormal_termination() 0

#endif
