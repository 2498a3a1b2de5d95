#include <fcntl.h>
#include <unistd.h>

#include "cli/run.h"

/* A program may be started with a standard descriptor closed; the next file opened would take its place. What stands
 * there instead can be opened, but not used: a report that nobody gets is an error. */
static bool hold_standard_descriptors(void) {
    static const int unusable[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", unusable[descriptor]) != descriptor)
            return false;
    return true;
}

int main(int count, char **arguments) {
    if (!hold_standard_descriptors())
        return EXIT_ERROR;
    return (int)run(count > 0 ? count - 1 : 0, arguments + 1);
}
