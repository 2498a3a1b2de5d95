#include "report/readable_name.h"

#include "report/display.h"

enum form { FORM_NO_PARAMETERS, FORM_PLAIN_ARGUMENTS, FORM_NO_NAMESPACES, FORM_NO_PLAIN_ARGUMENTS, FORMS };

enum { ARGUMENT_DEPTH = 64 }; /* arguments nested deeper are kept */

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool starts_with(struct text text, size_t at, struct text prefix) {
    return text.size - at >= prefix.size && memcmp(text.data + at, prefix.data, prefix.size) == 0;
}

/* One past the bracket that closes the one at `at`; 0 when there is none. */
static size_t group_end(struct text text, size_t at) {
    const char open = text.data[at];
    const char close = open == '(' ? ')' : '}';
    size_t depth = 0;
    for (size_t i = at; i < text.size; i++) {
        depth += text.data[i] == open;
        depth -= text.data[i] == close;
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

struct walk {
    struct text name;
    size_t at;
    unsigned depth; /* of template arguments */
    bool unclosed;  /* a bracket that nothing closes was met: brackets stay from there on */
    enum form form;
    struct buf *out;
};

static char last_written(const struct walk *walk) {
    return walk->out->size == 0 ? '\0' : walk->out->data[walk->out->size - 1];
}

static bool in_plain_arguments(const struct walk *walk) {
    return walk->form >= FORM_PLAIN_ARGUMENTS && walk->depth > 0;
}

/* Steps over a bracketed group that this form leaves out. */
static bool skip_group(struct walk *walk) {
    const char c = walk->name.data[walk->at];
    const char before = walk->at == 0 ? '\0' : walk->name.data[walk->at - 1];
    const bool parameters = c == '(' && (is_word(before) || before == '>' || before == ')' || before == '}');
    const bool lambda = c == '{' && walk->form >= FORM_PLAIN_ARGUMENTS;
    if (walk->unclosed || ((!parameters || (walk->depth > 0 && !in_plain_arguments(walk))) && !lambda))
        return false;
    const size_t end = group_end(walk->name, walk->at);
    walk->unclosed = end == 0;
    walk->at = walk->unclosed ? walk->at : end;
    return !walk->unclosed;
}

/* Steps over what says nothing to a reader in this form. */
static bool skip_noise(struct walk *walk) {
    static const struct {
        const char *text;
        size_t skip;
        enum form form; /* from this one on */
    } noise[] = {
        {"(anonymous namespace)::", 23, FORM_NO_PARAMETERS},
        {"::operator()", 12, FORM_PLAIN_ARGUMENTS},
        {" const::", 6, FORM_PLAIN_ARGUMENTS},
        {"::{", 2, FORM_PLAIN_ARGUMENTS},
    };
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        if (walk->form >= noise[i].form && starts_with(walk->name, walk->at, text_from(noise[i].text))) {
            walk->at += noise[i].skip;
            return true;
        }
    return false;
}

/* At a "::": takes back the namespace written before it. */
static bool drop_namespace(struct walk *walk) {
    if (!starts_with(walk->name, walk->at, TEXT("::")))
        return false;
    if (!in_plain_arguments(walk) && walk->form < FORM_NO_NAMESPACES)
        return false;
    const size_t before = walk->out->size;
    while (is_word(last_written(walk)))
        walk->out->size--;
    if (walk->out->size == before && last_written(walk) == '>')
        return false;
    walk->at += 2;
    return true;
}

static enum status write_character(struct walk *walk, struct error *error) {
    const char c = walk->name.data[walk->at++];
    if (c == '<')
        walk->depth++;
    if (c == '>' && last_written(walk) != '-' && walk->depth > 0) {
        walk->depth--;
        if (last_written(walk) == ' ')
            walk->out->size--;
    }
    return buf_append(walk->out, &c, 1, error);
}

/* Where the name proper begins: after the return type. */
static size_t return_type_size(struct text name) {
    static const char template_type[] = "std::enable_if<", end[] = "::type ";
    if (starts_with(name, 0, TEXT("void ")))
        return strlen("void ");
    if (!starts_with(name, 0, text_from(template_type)))
        return 0;
    const char *found = memmem(name.data, name.size, end, strlen(end));
    return found ? (size_t)(found - name.data) + strlen(end) : 0;
}

static enum status write_form(struct buf *out, struct text name, enum form form, struct error *error) {
    struct walk walk = {.name = name, .at = return_type_size(name), .form = form, .out = out};
    buf_clear(out);
    while (walk.at < name.size)
        if (!skip_noise(&walk) && !skip_group(&walk) && !drop_namespace(&walk))
            TRY(write_character(&walk, error));
    return STATUS_OK;
}

static bool is_built_in(struct text word) {
    static const char *const words[] = {"bool",  "char",   "short", "int",   "long",     "true",  "false",
                                        "float", "double", "void",  "const", "unsigned", "signed"};
    if (word.data[0] >= '0' && word.data[0] <= '9')
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(word, text_from(words[i])))
            return true;
    return false;
}

/* Whether every word of the argument is a number or a built-in type; the type of a cast, as in (Kind)2, counts not. */
static bool is_plain(struct text argument) {
    size_t at = 0;
    while (at < argument.size && argument.data[at] == ' ')
        at++;
    if (at < argument.size && argument.data[at] == '(')
        at = group_end(argument, at);
    while (at < argument.size) {
        size_t end = at;
        while (end < argument.size && is_word(argument.data[end]))
            end++;
        if (end > at && !is_built_in((struct text){argument.data + at, end - at}))
            return false;
        at = end + 1;
    }
    return true;
}

/* Works in place: what is written never overtakes what is read. */
struct prune {
    char *data;
    size_t size;                   /* written so far */
    size_t starts[ARGUMENT_DEPTH]; /* where the current argument of each open template was written */
    unsigned depth, beyond;        /* open templates; those nested too deep for starts */
};

/* A comma or a closing bracket follows the argument. */
static void end_argument(struct prune *prune, char end) {
    size_t *start = &prune->starts[prune->depth - 1];
    if (is_plain((struct text){prune->data + *start, prune->size - *start}))
        prune->size = *start;
    if (end == ',') {
        if (prune->size > *start)
            prune->data[prune->size++] = ',';
        *start = prune->size;
        return;
    }
    prune->depth--;
    prune->size -= prune->data[prune->size - 1] == ',';
    if (prune->data[prune->size - 1] == '<')
        prune->size--;
    else
        prune->data[prune->size++] = '>';
}

static void copy_character(struct prune *prune, char c) {
    const bool opens = c == '<' && prune->beyond == 0 && prune->depth < ARGUMENT_DEPTH;
    if (c == '<' && !opens)
        prune->beyond++;
    if (c == '>' && prune->beyond > 0)
        prune->beyond--;
    const bool leading_space = c == ' ' && prune->size > 0 && prune->data[prune->size - 1] == '<';
    if (!leading_space)
        prune->data[prune->size++] = c;
    if (opens)
        prune->starts[prune->depth++] = prune->size;
}

/* name<4, Functor<float>, 1> becomes name<Functor>. */
static void drop_plain_arguments(struct buf *name) {
    struct prune prune = {.data = name->data};
    for (size_t at = 0; at < name->size; at++) {
        const char c = name->data[at];
        const bool arrow = c == '>' && prune.size > 0 && name->data[prune.size - 1] == '-';
        if (prune.depth > 0 && prune.beyond == 0 && (c == ',' || c == '>') && !arrow)
            end_argument(&prune, c);
        else
            copy_character(&prune, c);
    }
    name->size = prune.size;
}

enum status readable_name_shorten(struct buf *out, struct text name, size_t columns, struct error *error) {
    for (unsigned form = 0; form < FORMS; form++) {
        TRY(write_form(out, name, (enum form)form, error));
        if (form == FORM_NO_PLAIN_ARGUMENTS)
            drop_plain_arguments(out);
        if (display_columns((struct text){out->data, out->size}) <= columns)
            return STATUS_OK;
    }
    while (out->size > 0 && out->data[out->size - 1] == '>')
        out->size--;
    return STATUS_OK;
}
