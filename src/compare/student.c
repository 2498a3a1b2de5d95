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

struct tail {        /* of T^2 with given degrees of freedom */
    double outside;  /* P(T^2 > square) */
    double falls_by; /* -d outside / d ln square */
};

/* ln of 1 / B(freedom / 2, 1 / 2) */
static double log_scale(double freedom) {
    int sign;
    const double a = freedom / 2, b = 0.5;
    return lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign);
}

/* DLMF 8.17 and the substitution x = v / (v + t^2): P(|T| > t) = I_x(v / 2, 1 / 2). Neither 1 - x nor ln x is made from
 * x, so that they keep their digits when x is near 1. */
static struct tail tail_of(double square, double freedom, double scale) {
    const double a = freedom / 2, b = 0.5, whole = freedom + square;
    const double x = freedom / whole, complement = square / whole;
    if (x <= 0 || complement <= 0)
        return (struct tail){x <= 0 ? 0 : 1, 0};
    const double front = exp(scale - a * log1p(square / freedom) + b * log(complement));
    if (x < (a + 1) / (a + b + 2))
        return (struct tail){front * beta_fraction(a, b, x) / a, front};
    return (struct tail){1 - front * beta_fraction(b, a, complement) / b, front};
}

double student_outside(double t, double freedom) {
    return tail_of(t * t, freedom, log_scale(freedom)).outside;
}

/* By Newton's method. The hazard of T^2 falls, whatever the freedom, so ln P(T^2 > square) is convex: steps from the
 * left stay there, and each is wider than what is left after it. */
double student_quantile(double outside, double freedom) {
    enum { MOST_STEPS = 200 };
    const double scale = log_scale(freedom), enough = 1e-9; /* each step leaves about the square */
    double square = 1;
    struct tail tail = tail_of(square, freedom, scale);
    for (; tail.outside < outside; tail = tail_of(square, freedom, scale))
        square /= 4;
    for (int i = 0; i < MOST_STEPS && tail.falls_by > 0; i++) {
        const double step = square * log(tail.outside / outside) * tail.outside / tail.falls_by;
        square += step;
        if (!(step > enough * square))
            break;
        tail = tail_of(square, freedom, scale);
    }
    return sqrt(square);
}
