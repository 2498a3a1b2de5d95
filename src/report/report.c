#include "report/report.h"

#include <errno.h>
#include <string.h>

#include "report/forms.h"

/* errno is 0 on entry, so that what it holds now is of a failing write. */
static enum status check_writes(FILE *out, struct error *error) {
    if (!ferror(out))
        return STATUS_OK;
    return FAIL(error, STATUS_IO, "cannot write the report: %s", strerror(errno != 0 ? errno : EIO));
}

enum status report_summary(FILE *out, const struct summary *summary, const struct report_options *options,
                           struct error *error) {
    errno = 0;
    switch (options->format) {
    case REPORT_TEXT:
        TRY(summary_text(out, summary, options, error));
        break;
    case REPORT_JSON:
        TRY(summary_json(out, summary, options, error));
        break;
    case REPORT_CSV:
        summary_csv(out, summary, options->table);
        break;
    case REPORT_HTML:
        TRY(summary_html(out, summary, options, error));
        break;
    }
    return check_writes(out, error);
}

enum status report_glance(FILE *out, const struct summary *summary, const struct report_options *options,
                          struct error *error) {
    errno = 0;
    TRY(summary_glance(out, summary, options, error));
    return check_writes(out, error);
}

enum status report_diff(FILE *out, const struct diff *diff, const struct report_options *options, struct error *error) {
    errno = 0;
    switch (options->format) {
    case REPORT_TEXT:
        TRY(diff_text(out, diff, options, error));
        break;
    case REPORT_JSON:
        diff_json(out, diff, options);
        break;
    case REPORT_CSV:
        diff_csv(out, diff, options->table);
        break;
    case REPORT_HTML:
        TRY(diff_html(out, diff, options, error));
        break;
    }
    return check_writes(out, error);
}
