/* Of the time before the C++ standard: the names are not in a namespace. */
#ifndef OVL_IOSTREAM_H_H
#define OVL_IOSTREAM_H_H
#ifdef __cplusplus
#include <iostream>
using namespace std;
#endif

#endif
