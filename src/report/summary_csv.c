#include "report/csv_writer.h"
#include "report/forms.h"
#include "report/wording.h"

#define STATS_WORDS "count,total_us,mean_us,min_us,p50_us,p95_us,p99_us,max_us,stddev_us"

static void write_stats(struct csv *csv, const struct stats *stats) {
    struct stats_time times[STATS_TIMES];
    stats_times(stats, times);
    csv_count(csv, stats->count);
    for (unsigned i = 0; i < STATS_TIMES; i++)
        csv_us(csv, times[i].ns);
}

static void write_operations(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "operation," STATS_WORDS ",share,cpu_op,kernels");
    for (uint32_t i = 0; i < summary->operation_count; i++) {
        const struct operation_row *row = &summary->operations[i];
        csv_text(csv, summary_name(summary, row->operation));
        write_stats(csv, &row->stats);
        csv_number(csv, share_of(row->stats.total_ns, summary->gpu_all.total_ns));
        csv_text(csv, summary_name(summary, row->cpu_op));
        csv_count(csv, row->kernel_count);
        csv_end_row(csv);
    }
}

static void write_kernels(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "name,category,operation,rule," STATS_WORDS ",cpu_op,stacks");
    for (uint32_t i = 0; i < summary->kernel_count; i++) {
        const struct kernel_row *row = &summary->kernels[i];
        csv_text(csv, summary_name(summary, row->name));
        csv_string(csv, wording_category(row->kind));
        csv_text(csv, summary_name(summary, row->operation));
        csv_text(csv, summary_name(summary, row->rule));
        write_stats(csv, &row->stats);
        csv_text(csv, summary_name(summary, row->cpu_op));
        csv_count(csv, row->stacks_distinct);
        csv_end_row(csv);
    }
}

static void write_cpu_ops(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "name,calls,cpu_total_us,gpu_count,gpu_total_us");
    for (uint32_t i = 0; i < summary->cpu_op_count; i++) {
        const struct cpu_op_row *row = &summary->cpu_ops[i];
        csv_text(csv, summary_op(summary, row->name));
        csv_count(csv, row->calls);
        csv_us(csv, row->cpu_total_ns);
        csv_count(csv, row->gpu_count);
        csv_us(csv, row->gpu_total_ns);
        csv_end_row(csv);
    }
}

static void write_phases(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "phase,count,total_us");
    for (uint32_t i = 0; i < summary->phase_count; i++) {
        csv_string(csv, phase_name(summary->phases[i].phase));
        csv_count(csv, summary->phases[i].cell.count);
        csv_us(csv, summary->phases[i].cell.total_ns);
        csv_end_row(csv);
    }
}

static void write_steps(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "name,phase,start_us,span_us,gpu_us,gpu_events,requests,tokens,left_out");
    for (uint32_t i = 0; i < summary->step_count; i++) {
        const struct step_row *row = &summary->steps[i];
        csv_text(csv, summary_name(summary, row->name));
        csv_string(csv, phase_name(row->phase));
        csv_us(csv, row->start_ns);
        csv_us(csv, row->span_ns);
        csv_us(csv, row->gpu_ns);
        csv_count(csv, row->gpu_events);
        csv_count(csv, row->requests);
        csv_count(csv, row->tokens);
        csv_string(csv, row->use == STEP_USED ? "" : wording_left_out(row->use));
        csv_end_row(csv);
    }
}

static void write_layers(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "layer,count,total_us,mean_us");
    for (uint32_t i = 0; i < summary->layers.row_count; i++) {
        const struct layer_row *row = &summary->layers.rows[i];
        csv_count(csv, row->layer);
        csv_count(csv, row->count);
        csv_us(csv, row->total_ns);
        csv_us(csv, layer_mean(row));
        csv_end_row(csv);
    }
}

static void write_timeline(struct csv *csv, const struct summary *summary) {
    csv_header(csv, "device,events,span_us,busy_us,idle_us,compute_us,comm_us,exposed_comm_us,copy_us,exposed_copy_us");
    for (uint32_t i = 0; i < summary->timeline_count; i++) {
        const struct timeline_row *row = &summary->timeline[i];
        csv_text(csv, summary_name(summary, row->device));
        csv_count(csv, row->events);
        csv_us(csv, row->span_ns);
        csv_us(csv, row->busy_ns);
        csv_us(csv, timeline_idle(row));
        csv_us(csv, row->compute_ns);
        csv_us(csv, row->comm_ns);
        csv_us(csv, row->exposed_comm_ns);
        csv_us(csv, row->copy_ns);
        csv_us(csv, row->exposed_copy_ns);
        csv_end_row(csv);
    }
}

void summary_csv(FILE *out, const struct summary *summary, enum report_table table) {
    static void (*const writers[])(struct csv *, const struct summary *) = {
        [REPORT_OPERATIONS] = write_operations, [REPORT_KERNELS] = write_kernels, [REPORT_CPU_OPS] = write_cpu_ops,
        [REPORT_PHASES] = write_phases,         [REPORT_STEPS] = write_steps,     [REPORT_LAYERS] = write_layers,
        [REPORT_TIMELINE] = write_timeline,
    };
    struct csv csv;
    csv_init(&csv, out);
    writers[table](&csv, summary);
}
