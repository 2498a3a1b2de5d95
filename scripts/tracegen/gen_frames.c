#include "gen_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_MAX = 4096 };

struct frames {
    struct frame list[FRAMES_MAX];
    char *texts[FRAMES_MAX]; /* owned; as written */
    uint32_t count;
};

struct frames *frames_new(void) {
    return calloc(1, sizeof(struct frames));
}

void frames_free(struct frames *frames) {
    for (uint32_t i = 0; frames && i < frames->count; i++) {
        free(frames->list[i].name);
        free(frames->texts[i]);
    }
    free(frames);
}

const struct frame *frames_get(const struct frames *frames, uint32_t id) {
    return &frames->list[id];
}

static enum frame_kind kind_of(char letter) {
    switch (letter) {
    case 'n':
        return FRAME_NOTE;
    case 'm':
        return FRAME_MODULE;
    case 'o':
    case 's':
        return FRAME_OPERATOR;
    case 'r':
        return FRAME_RUNTIME;
    default:
        return FRAME_PYTHON;
    }
}

/* Cuts the suffix off the name and reads it. */
static void read_suffix(struct frame *frame) {
    char *suffix = NULL;
    if (frame->kind == FRAME_MODULE && (suffix = strstr(frame->name, "_%"))) {
        sscanf(suffix, "_%%%d+%d", &frame->per_layer, &frame->first);
        suffix++;
    } else if (frame->kind == FRAME_OPERATOR && (suffix = strchr(frame->name, '@'))) {
        if (sscanf(suffix, "@%dx%d", &frame->rows, &frame->columns) == 1) {
            frame->columns = frame->rows;
            frame->rows = 0;
        }
    } else if (frame->kind == FRAME_RUNTIME && (suffix = strrchr(frame->name, ':'))) {
        frame->runtime_id = atoi(suffix + 1);
    }
    if (suffix)
        *suffix = '\0';
}

static bool add_frame(struct frames *frames, const char *text, size_t size) {
    if (frames->count == FRAMES_MAX)
        return false;
    struct frame frame = {.kind = kind_of(text[0]), .brief = text[0] == 'b' || text[0] == 's'};
    const char *prefix = frame.kind == FRAME_MODULE ? "nn.Module: " : "";
    size_t capacity = strlen(prefix) + size;
    char *copy = strndup(text, size);
    frame.name = malloc(capacity);
    if (!copy || !frame.name) {
        free(copy);
        free(frame.name);
        return false;
    }
    snprintf(frame.name, capacity, "%s%s", prefix, copy + 2);
    read_suffix(&frame);
    frame.name_size = (uint32_t)strlen(frame.name);
    frames->texts[frames->count] = copy;
    frames->list[frames->count++] = frame;
    return true;
}

static uint32_t find_frame(const struct frames *frames, const char *text, size_t size) {
    uint32_t i = 0;
    while (i < frames->count && (strncmp(frames->texts[i], text, size) != 0 || frames->texts[i][size] != '\0'))
        i++;
    return i;
}

bool frames_parse(struct frames *frames, const char *path, uint32_t *ids, uint32_t capacity, uint32_t *count) {
    *count = 0;
    while (*path) {
        size_t size = strcspn(path, "|");
        uint32_t id = find_frame(frames, path, size);
        if (*count == capacity || (id == frames->count && !add_frame(frames, path, size)))
            return false;
        ids[(*count)++] = id;
        path += size + (path[size] == '|');
    }
    return true;
}
