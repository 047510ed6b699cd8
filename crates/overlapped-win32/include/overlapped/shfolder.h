/* Directories of the user; see shlobj.h. */
#ifndef OVL_SHFOLDER_H
#define OVL_SHFOLDER_H
#include "shlobj.h"

#endif
