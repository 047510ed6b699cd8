/* Of the time before the C++ standard: the names are not in a namespace. */
#ifndef OVL_FSTREAM_H_H
#define OVL_FSTREAM_H_H
#ifdef __cplusplus
#include <iostream>
#include <fstream>
using namespace std;
#endif

#endif
