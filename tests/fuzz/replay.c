/* Calls a fuzz target for each file given; needs no fuzzer. The last line on standard error is the file at work. */
#include <stdio.h>

#include "target.h"

static void replay(const char *path) {
    FILE *file = fopen(path, "rb");
    cr_assert(file);
    cr_assert_eq(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    cr_assert_geq(size, 0);
    rewind(file);
    /* Exactly so many bytes, that a sanitizer sees a step over the end. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    cr_assert(data);
    cr_assert_eq(fread(data, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
}

int main(int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        fprintf(stderr, "%s\n", arguments[i]);
        replay(arguments[i]);
    }
    printf("%d inputs passed\n", count - 1);
    return count > 1 ? 0 : 1;
}
