/* Of C++: terminate and its like. Structured exceptions are not translated into those of C++. */
#ifndef OVL_EH_H
#define OVL_EH_H
#include "ovl/base.h"
#ifdef __cplusplus
#include <exception>
using std::set_terminate;
using std::terminate;
typedef void(__cdecl *terminate_function)();
typedef void(__cdecl *terminate_handler)();
typedef void(__cdecl *unexpected_function)();
typedef void(__cdecl *unexpected_handler)();
#endif

#endif
