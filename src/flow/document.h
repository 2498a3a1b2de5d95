/* What the keys around traceEvents say, and how the input itself fared. */
#ifndef TRACECMP_DOCUMENT_H
#define TRACECMP_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

enum read_compression { READ_PLAIN, READ_GZIP, READ_ZSTD };

enum platform { PLATFORM_UNKNOWN, PLATFORM_AMD, PLATFORM_NVIDIA };

struct device_properties { /* the first entry of deviceProperties; a number that is missing is -1 */
    bool present;
    char name[128]; /* valid UTF-8 */
    int64_t major, minor, total_memory_bytes, sm_count, warp_size;
};

struct document {
    struct device_properties device;
    uint32_t device_entries; /* length of deviceProperties */
    bool says_amd;           /* roctracer_version or a hip_* version */
    bool says_nvidia;        /* a cupti or cuda version, or a device name that says so */
    bool launches_amd;       /* a runtime call named hip… was seen */
    bool launches_nvidia;    /* … or cuda… */
    uint64_t bytes;          /* as read */
    uint64_t bytes_uncompressed;
    enum read_compression compression;
    uint64_t items;  /* elements of traceEvents, used or not */
    bool complete;   /* false: cut off or damaged */
    bool from_index; /* all this comes from an index of the trace, not from the trace itself */
};

#endif
