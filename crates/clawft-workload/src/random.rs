//! Random numbers that are the same everywhere.

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014), with the
/// constants of its published reference implementation.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`, which is from 1 to 2^32: the upper half of its product with the upper 32 bits.
    pub const fn below(&mut self, bound: usize) -> usize {
        (((self.bits() >> 32) * bound as u64) >> 32) as usize
    }

    /// A number from 1 to `most` (at least 1) of which every order of magnitude is as likely as the others, the highest
    /// of them as far as `most` lets it.
    pub fn magnitude(&mut self, most: usize) -> usize {
        let bits = self.below(most.ilog2() as usize + 1);
        let lowest = 1 << bits;
        lowest + self.below((most - lowest).min(lowest - 1) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of seed 1234567 as the reference implementation gives them.
    #[test]
    fn it_is_splitmix64() {
        let mut random = SplitMix64::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!([(); 5].map(|()| random.bits()), expected);
    }

    #[test]
    fn numbers_are_within_their_bounds_and_reach_them() {
        let mut random = SplitMix64::new(1);
        for most in [1, 2, 3, 7, 8, 9, 100] {
            let mut seen = vec![0; most + 1];
            for _ in 0..10_000 {
                seen[random.magnitude(most)] += 1;
            }
            assert_eq!(seen[0], 0, "{most}");
            assert!(seen[1..].iter().all(|times| *times > 0), "{most}: {seen:?}");
            assert!((0..100).all(|_| random.below(most) < most));
        }
    }
}
