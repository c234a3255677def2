//! Percentiles, and intervals for the median, of repeated measurements.

use serde::{Deserialize, Serialize};

/// Times of the same thing, in ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The median.
    pub p50_ns: u64,
    /// What 90 % of them do not exceed.
    pub p90_ns: u64,
    /// What 99 % of them do not exceed.
    pub p99_ns: u64,
}

impl Spread {
    /// The spread of `times` in ns; none of no times.
    pub(super) fn of(times: impl Iterator<Item = u64>) -> Option<Self> {
        let mut times: Vec<u64> = times.collect();
        times.sort_unstable();
        (!times.is_empty()).then(|| Spread {
            p50_ns: percentile(&times, 50),
            p90_ns: percentile(&times, 90),
            p99_ns: percentile(&times, 99),
        })
    }
}

/// The value at `percent` of `sorted`, by nearest rank: the smallest that at least `percent` % of
/// the values do not exceed. It is always one of them; 0 percent is the smallest.
///
/// # Panics
/// When `sorted` is empty, or `percent` above 100.
pub fn percentile(sorted: &[u64], percent: u32) -> u64 {
    let rank = (sorted.len() as u64 * u64::from(percent)).div_ceil(100);
    sorted[rank.saturating_sub(1) as usize]
}

/// The median of `values`, which it sorts, and a 95 % confidence interval for the median of what
/// they are a sample of: `(median, low, high)`. None of fewer than 6, of which there is no such
/// interval.
///
/// The interval holds whatever the distribution is: of `n` sorted values, it goes from the `k`-th to
/// the `k`-th from the end, with the largest `k` for which the binomial distribution of `n` trials
/// with probability 1/2 gives at most 2.5 % to fewer than `k` (H. A. David and H. N. Nagaraja,
/// *Order Statistics*, 3rd edition, section 7.1).
pub fn median_interval(values: &mut [f64]) -> Option<(f64, f64, f64)> {
    let below = ranks_below(values.len())?;
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    let median = f64::midpoint(values[last / 2], values[last.div_ceil(2)]);
    Some((median, values[below], values[last - below]))
}

/// How many of `n` sorted values lie below the interval, which is `k - 1`.
fn ranks_below(n: usize) -> Option<usize> {
    const TAIL: f64 = 0.025;
    // Of exactly `i` successes, as a logarithm: 2^-n alone is too small for a double from 1,075 on.
    let mut logarithm = n as f64 * 0.5_f64.ln();
    let mut at_most = logarithm.exp();
    let mut k = 0;
    while at_most <= TAIL {
        logarithm += ((n - k) as f64 / (k + 1) as f64).ln();
        at_most += logarithm.exp();
        k += 1;
    }
    k.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let values = [15, 20, 35, 40, 50];
        for (percent, expected) in [(0, 15), (5, 15), (30, 20), (40, 20), (50, 35), (100, 50)] {
            assert_eq!(percentile(&values, percent), expected, "{percent} %");
        }
        assert_eq!(percentile(&[7], 99), 7);
    }

    /// Against sums of binomial coefficients, in integers.
    #[test]
    fn ranks_are_those_of_the_exact_distribution() {
        for n in 0..=100_u32 {
            let mut coefficient = 1_u128;
            let (mut sum, mut k) = (1_u128, 0);
            // At most 2.5 %, a fortieth, of 2^n.
            while sum * 40 <= 1 << n {
                coefficient = coefficient * u128::from(n - k) / u128::from(k + 1);
                sum += coefficient;
                k += 1;
            }
            assert_eq!(
                ranks_below(n as usize),
                k.checked_sub(1).map(|k| k as usize),
                "{n}"
            );
        }
        assert_eq!((ranks_below(5), ranks_below(6)), (None, Some(0)));
        assert_eq!(ranks_below(30), Some(9));
    }

    #[test]
    fn large_samples_do_not_underflow() {
        // The normal approximation of `k`, n/2 - 1.96 * sqrt(n)/2, is off by less than one here.
        let expected = 5_000.0 - 1.959_964 * 50.0;
        let found = ranks_below(10_000).expect("there are enough") as f64 + 1.0;
        assert!((found - expected).abs() < 1.0, "{found} {expected}");
    }

    proptest! {
        #[test]
        fn the_median_lies_in_its_interval_and_the_interval_in_the_range(
            values in vec(-1e9..1e9_f64, 6..200),
        ) {
            let mut sorted = values.clone();
            let (median, low, high) = median_interval(&mut sorted).expect("there are enough");
            prop_assert!(sorted[0] <= low && low <= median);
            prop_assert!(median <= high && high <= sorted[sorted.len() - 1]);
            prop_assert!(values.contains(&low) && values.contains(&high));
        }

        #[test]
        fn the_order_of_the_values_does_not_matter(
            (mut values, mut shuffled) in vec(-1e9..1e9_f64, 6..100)
                .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        ) {
            prop_assert_eq!(median_interval(&mut values), median_interval(&mut shuffled));
        }

        #[test]
        fn a_percentile_is_the_smallest_value_with_enough_below(
            mut values in vec(0..1_000_u64, 1..100), percent in 0..=100_u32,
        ) {
            values.sort_unstable();
            let found = percentile(&values, percent);
            let share = |most: u64| values.iter().filter(|value| **value <= most).count() * 100;
            let needed = values.len() * percent as usize;
            prop_assert!(values.contains(&found) && share(found) >= needed);
            prop_assert!(found == values[0] || share(found - 1) < needed);
        }
    }
}
