#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "report/csv_writer.h"

TestSuite(csv_writer, .timeout = 10);

Test(csv_writer, rows) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct csv csv;
    csv_init(&csv, out);
    csv_header(&csv, "a,b");
    csv_string(&csv, "plain text");
    csv_string(&csv, "with, comma");
    csv_end_row(&csv);
    csv_string(&csv, "say \"x\"");
    csv_string(&csv, "two\nlines");
    csv_end_row(&csv);
    csv_string(&csv, "");
    csv_string(&csv, "\r");
    csv_end_row(&csv);
    csv_count(&csv, 7);
    csv_us(&csv, -1500);
    csv_number(&csv, 0.25);
    csv_number(&csv, NAN);
    csv_end_row(&csv);
    fclose(out);
    cr_expect_str_eq(text, "a,b\n"
                           "plain text,\"with, comma\"\n"
                           "\"say \"\"x\"\"\",\"two\nlines\"\n"
                           ",\"\r\"\n"
                           "7,-1.5,0.25,\n");
    free(text);
}
