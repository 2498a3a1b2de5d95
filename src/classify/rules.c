#include "classify/rules.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "classify/pattern.h"
#include "classify/rule_table.h"

struct user_rule { /* texts are in the arena */
    struct rule_match match;
    struct text folded; /* in lower case: what is matched */
};

struct rules {
    struct arena *arena;    /* owned */
    struct user_rule *user; /* owned; in the order they were added */
    size_t user_count, user_capacity;
};

/* A rules file while it is read. */
struct rule_file {
    const char *name;
    size_t line;
};

struct rules *rules_new(void) {
    struct rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->arena = arena_new();
    if (!rules->arena) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}

void rules_free(struct rules *rules) {
    if (!rules)
        return;
    arena_free(rules->arena);
    free(rules->user);
    free(rules);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct text trim(struct text text) {
    for (; text.size > 0 && is_blank(text.data[0]); text.size--)
        text.data++;
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

static bool has_control(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if (((unsigned char)text.data[i] < ' ' && text.data[i] != '\t') || text.data[i] == 0x7f)
            return true;
    return false;
}

static struct text take_line(struct text *content) {
    const char *end = memchr(content->data, '\n', content->size);
    const struct text line = {content->data, end ? (size_t)(end - content->data) : content->size};
    const size_t taken = line.size + (end != NULL);
    content->data += taken;
    content->size -= taken;
    return line;
}

static enum status copy_text(struct rules *rules, struct text text, struct text *copy, struct error *error) {
    char *data = arena_take(rules->arena, text.size);
    if (!data)
        return FAIL_MEMORY(error);
    memcpy(data, text.data, text.size);
    *copy = (struct text){data, text.size};
    return STATUS_OK;
}

static enum status fold(struct rules *rules, struct text text, struct text *folded, struct error *error) {
    char *data = arena_take(rules->arena, text.size);
    if (!data)
        return FAIL_MEMORY(error);
    for (size_t i = 0; i < text.size; i++)
        data[i] = pattern_lower(text.data[i]);
    *folded = (struct text){data, text.size};
    return STATUS_OK;
}

static enum status add_rule(struct rules *rules, struct text operation, struct text pattern, struct error *error) {
    struct user_rule rule;
    TRY(copy_text(rules, operation, &rule.match.operation, error));
    TRY(copy_text(rules, pattern, &rule.match.rule, error));
    TRY(fold(rules, pattern, &rule.folded, error));
    void *user = rules->user;
    TRY(array_grow(&user, &rules->user_capacity, rules->user_count + 1, sizeof *rules->user, LIMIT_RULES, error));
    rules->user = user;
    rules->user[rules->user_count++] = rule;
    return STATUS_OK;
}

static enum status refuse(const struct rule_file *file, const char *reason, struct error *error) {
    return FAIL(error, STATUS_USAGE, "%s: line %zu: %s", file->name, file->line, reason);
}

static enum status add_line(struct rules *rules, const struct rule_file *file, struct text line,
                            struct error *error) {
    line = trim(line);
    if (line.size == 0 || line.data[0] == '#')
        return STATUS_OK;
    if (has_control(line))
        return refuse(file, "control characters", error);
    const char *equals = memchr(line.data, '=', line.size);
    if (!equals)
        return refuse(file, "no '=' between operation and pattern", error);
    const size_t before = (size_t)(equals - line.data);
    const struct text operation = trim((struct text){line.data, before});
    const struct text pattern = trim((struct text){equals + 1, line.size - before - 1});
    if (operation.size == 0)
        return refuse(file, "no operation before '='", error);
    if (pattern.size == 0 || text_equal(pattern, TEXT("^")))
        return refuse(file, "no pattern after '='", error);
    if (rules->user_count == LIMIT_RULES)
        return refuse(file, "too many rules", error);
    return add_rule(rules, operation, pattern, error);
}

enum status rules_add(struct rules *rules, struct text content, const char *file, struct error *error) {
    const struct text byte_order_mark = TEXT("\xEF\xBB\xBF");
    if (content.size > LIMIT_RULE_FILE_BYTES)
        return FAIL(error, STATUS_USAGE, "%s: more than %d bytes of rules", file, LIMIT_RULE_FILE_BYTES);
    if (content.size >= byte_order_mark.size &&
        memcmp(content.data, byte_order_mark.data, byte_order_mark.size) == 0) {
        content.data += byte_order_mark.size;
        content.size -= byte_order_mark.size;
    }
    struct rule_file source = {.name = file};
    while (content.size > 0) {
        source.line++;
        TRY(add_line(rules, &source, take_line(&content), error));
    }
    return STATUS_OK;
}

static struct rule_match match_of(const struct rule *rule) {
    return (struct rule_match){{rule->operation, rule->operation_size}, {rule->pattern, rule->pattern_size}};
}

static const struct rule *first_match(struct rule_table table, const struct pattern_name *name) {
    for (size_t i = 0; i < table.count; i++)
        if (pattern_matches((struct text){table.rules[i].pattern, table.rules[i].pattern_size}, name))
            return &table.rules[i];
    return NULL;
}

static const struct rule *find_builtin(enum event_kind kind, const struct pattern_name *name) {
    if (kind == EVENT_MEMCPY)
        return &rule_memcpy;
    if (kind == EVENT_MEMSET)
        return &rule_memset;
    const struct rule *rule = first_match(rule_table_communication, name);
    return rule ? rule : first_match(rule_table_computation, name);
}

struct rule_match rules_match(const struct rules *rules, enum event_kind kind, struct text readable) {
    struct pattern_name name;
    pattern_prepare(&name, readable);
    for (size_t i = 0; i < rules->user_count; i++)
        if (pattern_matches(rules->user[i].folded, &name))
            return rules->user[i].match;
    return match_of(find_builtin(kind, &name));
}

bool rules_is_collective(struct text name) {
    struct pattern_name prepared;
    pattern_prepare(&prepared, name);
    return first_match(rule_table_communication, &prepared) != NULL;
}

bool rules_at(const struct rules *rules, size_t index, struct rule_match *match) {
    const struct rule_table tables[] = {
        rule_table_communication, rule_table_computation, {&rule_memcpy, 1}, {&rule_memset, 1}};
    if (index < rules->user_count) {
        *match = rules->user[index].match;
        return true;
    }
    index -= rules->user_count;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (index < tables[i].count) {
            *match = match_of(&tables[i].rules[index]);
            return true;
        }
        index -= tables[i].count;
    }
    return false;
}

bool rules_know(const struct rules *rules, struct text operation) {
    struct rule_match match;
    for (size_t i = 0; rules_at(rules, i, &match); i++)
        if (text_equal(match.operation, operation))
            return true;
    return false;
}
