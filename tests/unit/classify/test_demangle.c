#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "classify/demangle.h"

TestSuite(demangle, .timeout = 10);

static struct buf new_out(void) {
    struct buf out;
    buf_init(&out, LIMIT_ITEM_BYTES);
    return out;
}

static bool demangles_to(struct buf *out, struct text name, struct text expected) {
    struct error error;
    cr_assert_eq(demangle(name, out, &error), STATUS_OK);
    return text_equal((struct text){out->data, out->size}, expected);
}

Test(demangle, names) {
    static const struct {
        const char *name, *readable;
    } cases[] = {
        {"_Z3fooi", "foo(int)"},
        {"_Z3fooi.kd", "foo(int)"},
        {"_Z3fooi [clone .kd]", "foo(int)"},
        {"_Z3fooi [clone .isra.0]", "foo(int) [clone .isra.0]"},
        {"_ZN5aiter11add_rmsnormIfLi256EEEvPT_", "void aiter::add_rmsnorm<float, 256>(float*)"},
        {"_ZN12_GLOBAL__N_13fooILb1EEEvv", "void (anonymous namespace)::foo<true>()"},
        {"_ZN1a1bIJifEEEvDpT_", "void a::b<int, float>(int, float)"},
        {"_ZNKSt6vectorIiSaIiEE4sizeEv", "std::vector<int, std::allocator<int> >::size() const"},
        {"_Z1fIXadL_Z4siluEEEvv", "void f<&silu>()"},
        {"_ZZ1fvENKUliE_clEi", "f()::{lambda(int)#1}::operator()(int) const"},
        {"volta_sgemm_128x32_nt", "volta_sgemm_128x32_nt"},
        {"void foo<int>(int)", "void foo<int>(int)"},
        {"kernel.kd", "kernel.kd"},
        {"_Z", "_Z"},
        {"_ZZZ", "_ZZZ"},
        {"_Z3fo", "_Z3fo"},
        {"_Z3fooi!!", "_Z3fooi!!"},
        {"_Z3foo\xC3\xA4i", "_Z3foo\xC3\xA4i"},
        {" _Z3fooi", " _Z3fooi"},
        {".kd", ".kd"},
        {"", ""},
    };
    struct buf out = new_out();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect(demangles_to(&out, text_from(cases[i].name), text_from(cases[i].readable)), "case %s: %.*s",
                  cases[i].name, (int)out.size, out.data);
    cr_expect(demangles_to(&out, TEXT("_Z3fooi\0x"), TEXT("_Z3fooi\0x")), "NUL");
    buf_fini(&out);
}

/* Longer than the library takes by itself; real template names are. */
Test(demangle, long_names) {
    struct buf out = new_out();
    char name[4096] = "_ZN1a1bIJ", expected[16384] = "void a::b<";
    for (int i = 0; i < 800; i++) {
        strcat(name, "Li7E");
        strcat(expected, i == 0 ? "7" : ", 7");
    }
    strcat(name, "EEEvv");
    strcat(expected, ">()");
    cr_expect(demangles_to(&out, text_from(name), text_from(expected)), "%.*s", (int)out.size, out.data);
    buf_fini(&out);
}

/* Each repeats a part; a hostile name must come back as it is, and soon. */
Test(demangle, hostile_names_come_back_unchanged) {
    static const struct {
        const char *label, *head, *part, *tail;
        int times;
    } cases[] = {
        {"pointers", "_Z1f", "P", "i", 8000},
        {"functions", "_Z1f", "F", "", 8000},
        {"members", "_Z1f", "M", "", 8000},
        {"local names", "_Z", "Z", "", 8000},
        {"conversions in conversions", "_Z", "cvT_IL_Z", "1fvEEEEEEEEEEEEEEEEEEv", 60},
        {"arguments in a conversion", "_Z1mcvT_IL_Z1gcvT_", "IT_", "", 60},
        {"beyond the length", "_Z1f", "i", "", 20000},
        {"deep templates", "_Z1f", "1aI", "", 2500},
    };
    struct buf out = new_out();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&name, &size);
        fputs(cases[i].head, stream);
        for (int k = 0; k < cases[i].times; k++)
            fputs(cases[i].part, stream);
        fputs(cases[i].tail, stream);
        fclose(stream);
        cr_expect(demangles_to(&out, (struct text){name, size}, (struct text){name, size}), "case %s", cases[i].label);
        free(name);
    }
    buf_fini(&out);
}

/* a<a<…>, S(the one before)>: each level is twice as long as the one in it. */
static char *doubling_type(const char *head, int levels) {
    char *name = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&name, &size);
    fprintf(out, "%s1aI", head);
    for (int i = 0; i < levels; i++)
        fputs("S_I", out);
    fputs("iiE", out);
    for (int i = 0; i < levels; i++)
        fprintf(out, "S%c_E", i < 10 ? '0' + i : 'A' + i - 10);
    fclose(out);
    return name;
}

Test(demangle, substitution_bombs_come_back_unchanged) {
    struct buf out = new_out();
    static const char *const heads[] = {"_Z1f", "_Z1fDp"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char *small = doubling_type(heads[i], 2), *bomb = doubling_type(heads[i], 36);
        cr_expect_not(demangles_to(&out, text_from(small), text_from(small)), "%s", small);
        cr_expect(demangles_to(&out, text_from(bomb), text_from(bomb)), "%s", bomb);
        free(small);
        free(bomb);
    }
    buf_fini(&out);
}

Test(demangle, reports_a_full_buffer) {
    struct buf out;
    struct error error;
    buf_init(&out, 4);
    cr_expect_eq(demangle(TEXT("_Z3fooi"), &out, &error), STATUS_LIMIT);
    cr_expect_eq(demangle(TEXT("plain"), &out, &error), STATUS_LIMIT);
    cr_expect_eq(demangle(TEXT("four"), &out, &error), STATUS_OK);
    buf_fini(&out);
}
