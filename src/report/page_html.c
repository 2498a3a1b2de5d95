#include "report/forms.h"
#include "report/page_assets.h"
#include "report/page_data.h"

/* The policy forbids whatever is not in the file itself. */
static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n<title>tracecmp</title>\n<style>\n";

static const char body[] = "</style>\n</head>\n<body>\n"
                           "<noscript>This report needs JavaScript. The same figures: --format text.</noscript>\n"
                           "<div id=\"page\"></div>\n";

static void write_text(FILE *out, struct text text) {
    fwrite(text.data, 1, text.size, out);
}

static void begin_page(FILE *out) {
    fputs(head, out);
    write_text(out, page_style);
    fputs(body, out);
}

static void begin_data(struct json *json, FILE *out, const char *id) {
    fprintf(out, "<script type=\"application/json\" id=\"%s\">", id);
    json_init_in_page(json, out);
}

static void end_data(FILE *out) {
    fputs("</script>\n", out);
}

static enum status end_page(FILE *out, const struct summary *base, const struct summary *test, struct error *error) {
    struct json json;
    begin_data(&json, out, "drawn");
    TRY(page_data_write(&json, base, test, error));
    end_data(out);
    fputs("<script>\n", out);
    write_text(out, page_script);
    fputs("</script>\n</body>\n</html>\n", out);
    return STATUS_OK;
}

enum status summary_html(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) {
    struct json json;
    begin_page(out);
    begin_data(&json, out, "report");
    TRY(json_summary(&json, summary, options, error));
    end_data(out);
    return end_page(out, summary, NULL, error);
}

enum status diff_html(FILE *out, const struct diff *diff, const struct report_options *options, struct error *error) {
    struct json json;
    begin_page(out);
    begin_data(&json, out, "report");
    json_diff(&json, diff, options);
    end_data(out);
    return end_page(out, diff->base, diff->test, error);
}
