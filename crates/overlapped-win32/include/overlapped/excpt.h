/* Structured exception handling. The keywords are in ovl/prelude.h, with what they can and cannot do here. */
#ifndef OVL_EXCPT_H
#define OVL_EXCPT_H
#include "ovl/base.h"

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

/* What a handler that is called by its frame answers; none is here. */
typedef enum _EXCEPTION_DISPOSITION {
    ExceptionContinueExecution,
    ExceptionContinueSearch,
    ExceptionNestedException,
    ExceptionCollidedUnwind
} EXCEPTION_DISPOSITION;

OVL_BEGIN
struct _EXCEPTION_POINTERS;
unsigned int ovl_seh_code(void);
struct _EXCEPTION_POINTERS *ovl_seh_information(void);
int ovl_seh_abnormal(void);
OVL_END

#define GetExceptionCode ovl_seh_code
#define _exception_code ovl_seh_code
#define exception_code ovl_seh_code
#define GetExceptionInformation ovl_seh_information
#define _exception_info ovl_seh_information
#define exception_info ovl_seh_information
#define AbnormalTermination ovl_seh_abnormal
#define _abnormal_termination ovl_seh_abnormal
#define abnormal_termination ovl_seh_abnormal

#endif
