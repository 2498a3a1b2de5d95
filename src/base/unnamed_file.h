/* Files without a name: gone when they are closed, whatever becomes of the program. */
#ifndef TRACECMP_UNNAMED_FILE_H
#define TRACECMP_UNNAMED_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/* One in that folder, which linkat can give a name. -1: errno says why. */
int unnamed_file_open(const char *directory, mode_t mode);
/* That is what errno says where the file system has no such files. */
bool unnamed_file_is_unknown(int reason);
/* One for this program alone; where the file system has none, one whose name is taken away at once. -1: as above. */
int unnamed_file_temporary(const char *directory);

#endif
