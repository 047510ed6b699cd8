/* Of the time before the C++ standard: the names are not in a namespace. */
#ifndef OVL_IOMANIP_H_H
#define OVL_IOMANIP_H_H
#ifdef __cplusplus
#include <iostream>
#include <iomanip>
using namespace std;
#endif

#endif
