#include "compare/student.h"

#include <math.h>

/* The regularised incomplete beta function I_x(a, b) by its continued fraction, DLMF 8.17.22, evaluated with the
 * modified Lentz method; it converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x) {
    enum { MOST_TERMS = 100000 };
    const double tiny = 1e-300, enough = 1e-16;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m < MOST_TERMS; m++) {
        const double terms[2] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                 -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))};
        double step = 1;
        for (int half = 0; half < 2; half++) {
            d = 1 + terms[half] * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + terms[half] / c;
            c = fabs(c) < tiny ? tiny : c;
            step = d * c;
            value *= step;
        }
        if (fabs(step - 1) < enough)
            break;
    }
    return value;
}

/* complement: 1 - x, given so that it keeps its digits when x is near 1. */
static double incomplete_beta(double a, double b, double x, double complement) {
    int sign;
    if (x <= 0 || complement <= 0)
        return x <= 0 ? 0 : 1;
    const double log_front =
        lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log(complement);
    if (x < (a + 1) / (a + b + 2))
        return exp(log_front) * beta_fraction(a, b, x) / a;
    return 1 - exp(log_front) * beta_fraction(b, a, complement) / b;
}

/* DLMF 8.17 and the substitution x = v / (v + t^2): P(|T| > t) = I_x(v / 2, 1 / 2). */
double student_outside(double t, double freedom) {
    const double whole = freedom + t * t;
    return incomplete_beta(freedom / 2, 0.5, freedom / whole, t * t / whole);
}

double student_quantile(double outside, double freedom) {
    double low = 0, high = 1;
    while (student_outside(high, freedom) > outside && high < 1e150)
        high *= 2;
    for (int i = 0; i < 200; i++) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (student_outside(middle, freedom) > outside)
            low = middle;
        else
            high = middle;
    }
    return high;
}
