/* Student's t distribution. */
#ifndef TRACECMP_STUDENT_H
#define TRACECMP_STUDENT_H

/* P(|T| > t) with `freedom` > 0 degrees of freedom, which need not be whole; t >= 0. */
double student_outside(double t, double freedom);
/* The t with P(|T| > t) = outside, 0 < outside < 1. */
double student_quantile(double outside, double freedom);

#endif
