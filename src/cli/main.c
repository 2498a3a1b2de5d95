#include <fcntl.h>
#include <unistd.h>

#include "cli/run.h"

/* A program may be started with a standard descriptor closed; the next file opened would take its place. */
static bool open_standard_descriptors(void) {
    int descriptor;
    do {
        descriptor = open("/dev/null", O_RDWR);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    return descriptor >= 0 && close(descriptor) == 0;
}

int main(int count, char **arguments) {
    if (!open_standard_descriptors())
        return EXIT_ERROR;
    return (int)run(count > 0 ? count - 1 : 0, arguments + 1);
}
