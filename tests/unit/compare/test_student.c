#include <criterion/criterion.h>
#include <math.h>

#include "compare/student.h"

TestSuite(student, .timeout = 10);

/* From tables of the distribution; those of fractional degrees by integrating its density. */
Test(student, quantiles_are_those_of_tables) {
    static const struct {
        double outside, freedom, t;
    } cases[] = {
        {0.05, 1, 12.706205},    {0.05, 2, 4.302653},   {0.05, 4, 2.776445},        {0.05, 5, 2.570582},
        {0.05, 8, 2.306004},     {0.05, 10, 2.228139},  {0.05, 30, 2.042272},       {0.05, 100, 1.983972},
        {0.05, 1e6, 1.959966},   {0.01, 10, 3.169273},  {0.10, 10, 1.812461},       {0.001, 3, 12.923979},
        {0.5, 1, 1.0},           {0.05, 7.3, 2.345067}, {0.05, 5.882353, 2.458824}, {0.01, 2.5, 7.163728},
        {0.05 / 14, 8, 4.07242},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double t = student_quantile(cases[i].outside, cases[i].freedom);
        cr_expect_float_eq(t, cases[i].t, 2e-6 * cases[i].t, "case %zu: %.9g, not %.9g", i, t, cases[i].t);
    }
}

/* 1, 2 and 4 degrees have closed forms. */
Test(student, probabilities_are_those_of_closed_forms) {
    for (double t = 0; t < 50; t = 1.3 * t + 0.01) {
        const double cauchy = 1 - 2 / acos(-1) * atan(t), two = 1 - t / sqrt(2 + t * t);
        const double u = t / sqrt(4 + t * t), four = 1 - 1.5 * u + 0.5 * u * u * u;
        cr_expect_float_eq(student_outside(t, 1), cauchy, 1e-12, "1 degree, t %g", t);
        cr_expect_float_eq(student_outside(t, 2), two, 1e-12, "2 degrees, t %g", t);
        cr_expect_float_eq(student_outside(t, 4), four, 1e-12, "4 degrees, t %g", t);
    }
}

Test(student, quantile_and_probability_are_inverse) {
    static const double outside[] = {0.999, 0.9, 0.5, 0.05, 1e-3, 1e-7}, freedom[] = {0.7, 1, 3.3, 17, 900, 1e5};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        for (size_t k = 0; k < sizeof freedom / sizeof *freedom; k++) {
            const double back = student_outside(student_quantile(outside[i], freedom[k]), freedom[k]);
            cr_expect_float_eq(back, outside[i], 1e-13 + 1e-13 * outside[i], "%g, %g degrees", outside[i], freedom[k]);
        }
}
