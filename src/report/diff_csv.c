#include "report/csv_writer.h"
#include "report/forms.h"
#include "report/wording.h"

#define AMOUNT_WORDS "base_us,test_us,gap_us,ratio"
#define SIDE_WORDS "base_count,base_mean_us,test_count,test_mean_us"

static void write_amount(struct csv *csv, const struct amount *amount) {
    csv_us(csv, amount->base_ns);
    csv_us(csv, amount->test_ns);
    csv_us(csv, amount->gap_ns);
    csv_number(csv, ratio_of(amount));
}

/* Whole-trace numbers of one side, also when the amounts are per step. */
static void write_side(struct csv *csv, const struct stats *stats) {
    csv_count(csv, stats ? stats->count : 0);
    if (stats)
        csv_us(csv, stats_mean_ns(stats));
    else
        csv_string(csv, "");
}

static void write_operations(struct csv *csv, const struct diff *diff) {
    csv_header(csv, "operation,status," AMOUNT_WORDS ",share_of_gap,gap_count_us,gap_speed_us," SIDE_WORDS
                    ",base_cpu_op,test_cpu_op");
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        csv_text(csv, row->name);
        csv_string(csv, wording_status(row->status));
        write_amount(csv, &row->amount);
        csv_number(csv, row->share_of_gap);
        csv_us(csv, row->gap_count_ns);
        csv_us(csv, row->gap_speed_ns);
        write_side(csv, row->base ? &row->base->stats : NULL);
        write_side(csv, row->test ? &row->test->stats : NULL);
        csv_text(csv, summary_name(diff->base, row->base ? row->base->cpu_op : NAME_NONE));
        csv_text(csv, summary_name(diff->test, row->test ? row->test->cpu_op : NAME_NONE));
        csv_end_row(csv);
    }
}

static void write_kernels(struct csv *csv, const struct diff *diff) {
    csv_header(csv, "name,operation,status," AMOUNT_WORDS "," SIDE_WORDS);
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *row = &diff->kernels[i];
        csv_text(csv, row->name);
        csv_text(csv, row->operation);
        csv_string(csv, wording_status(row->status));
        write_amount(csv, &row->amount);
        write_side(csv, row->base ? &row->base->stats : NULL);
        write_side(csv, row->test ? &row->test->stats : NULL);
        csv_end_row(csv);
    }
}

static void write_phases(struct csv *csv, const struct diff *diff) {
    csv_header(csv, "phase," AMOUNT_WORDS);
    for (uint32_t i = 0; i < diff->phase_count; i++) {
        csv_string(csv, phase_name(diff->phases[i].phase));
        write_amount(csv, &diff->phases[i].amount);
        csv_end_row(csv);
    }
}

static void write_layers(struct csv *csv, const struct diff *diff) {
    csv_header(csv, "layer,status," AMOUNT_WORDS);
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        csv_count(csv, diff->layers[i].layer);
        csv_string(csv, wording_status(diff->layers[i].status));
        write_amount(csv, &diff->layers[i].amount);
        csv_end_row(csv);
    }
}

static void write_span(struct csv *csv, const struct diff *diff) {
    struct span_part parts[SPAN_PARTS];
    span_parts(diff, parts);
    csv_header(csv, "part," AMOUNT_WORDS);
    for (unsigned i = 0; i < SPAN_PARTS; i++) {
        csv_string(csv, parts[i].name);
        write_amount(csv, parts[i].amount);
        csv_end_row(csv);
    }
}

void diff_csv(FILE *out, const struct diff *diff, enum report_table table) {
    struct csv csv;
    csv_init(&csv, out);
    switch (table) {
    case REPORT_OPERATIONS:
        write_operations(&csv, diff);
        break;
    case REPORT_KERNELS:
        write_kernels(&csv, diff);
        break;
    case REPORT_PHASES:
        write_phases(&csv, diff);
        break;
    case REPORT_TIMELINE:
        write_span(&csv, diff);
        break;
    case REPORT_CPU_OPS:
        csv_header(&csv, "cpu_op," AMOUNT_WORDS);
        break;
    case REPORT_STEPS:
        csv_header(&csv, "step," AMOUNT_WORDS);
        break;
    case REPORT_LAYERS:
        write_layers(&csv, diff);
        break;
    }
}
