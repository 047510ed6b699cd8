/* Memory functions are in string.h. */
#include <string.h>
