//! Decimal numbers of any size, as one calculates on paper: what amounts are compared with.

use std::cmp::Ordering;

/// A number: decimal digits, none of them a needless zero at the beginning, and how many stand after the point.
#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    digits: Vec<u8>,
    places: usize,
}

impl Decimal {
    /// Reads digits with perhaps one point between them; none for anything else.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let needless = whole.len() > 1 && whole.starts_with('0');
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || needless || !all.chars().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let digits = all.bytes().map(|digit| digit - b'0').collect();
        Some(Self::new(digits, fraction.len()))
    }

    fn new(digits: Vec<u8>, places: usize) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        Self {
            digits: digits[zeros..].to_vec(),
            places,
        }
    }

    pub(crate) fn places(&self) -> usize {
        self.places
    }

    /// The digits as a number, if it is one of 128 bits.
    pub(crate) fn units(&self) -> Option<u128> {
        let text: String = self.digits.iter().map(|digit| char::from(digit + b'0')).collect();
        let largest = u128::MAX.to_string();
        let fits = (text.len(), &text) <= (largest.len(), &largest);
        fits.then(|| if text.is_empty() { 0 } else { text.parse().unwrap() })
    }

    /// The same number with more places, or with fewer when only zeros are cut off.
    pub(crate) fn with_places(&self, places: usize) -> Option<Self> {
        let mut digits = self.digits.clone();
        digits.resize(digits.len() + places.saturating_sub(self.places), 0);
        for _ in places..self.places {
            // Nothing left is nothing at all: zero, in every scale.
            if digits.pop().unwrap_or_default() != 0 {
                return None;
            }
        }
        Some(Self::new(digits, places))
    }

    /// Both with the same places, and their digits of the same length.
    fn aligned(&self, other: &Self) -> (Vec<u8>, Vec<u8>, usize) {
        let places = self.places.max(other.places);
        let [one, two] = [self, other].map(|number| number.with_places(places).unwrap().digits);
        let length = one.len().max(two.len());
        let padded = |digits: Vec<u8>| [vec![0; length - digits.len()], digits].concat();
        (padded(one), padded(two), places)
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (one, two, _) = self.aligned(other);
        one.cmp(&two)
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let (one, two, places) = self.aligned(other);
        let mut sum = vec![0; one.len() + 1];
        for at in (0..one.len()).rev() {
            let column = one[at] + two[at] + sum[at + 1];
            (sum[at], sum[at + 1]) = (column / 10, column % 10);
        }
        Self::new(sum, places)
    }

    /// The difference to one that is not larger.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let (mut rest, two, places) = self.aligned(other);
        for at in (0..rest.len()).rev() {
            if rest[at] < two[at] {
                rest[at] += 10;
                let lender = (0..at).rfind(|lender| rest[*lender] > 0).unwrap();
                rest[lender] -= 1;
                rest[lender + 1..at].fill(9);
            }
            rest[at] -= two[at];
        }
        Self::new(rest, places)
    }

    pub(crate) fn times(&self, count: &Self) -> Self {
        let mut product = vec![0; self.digits.len() + count.digits.len()];
        for (shift, by) in count.digits.iter().rev().enumerate() {
            let mut carried = 0;
            let columns = product.iter_mut().rev().skip(shift);
            let digits = self.digits.iter().rev().chain(std::iter::repeat(&0));
            for (column, digit) in columns.zip(digits) {
                let sum = *column + by * digit + carried;
                (*column, carried) = (sum % 10, sum / 10);
            }
        }
        Self::new(product, self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn number(text: &str) -> Decimal {
        Decimal::read(text).unwrap()
    }

    #[test]
    fn small_numbers_are_calculated_as_the_processor_does() {
        for one in (0..1_200_u32).step_by(7) {
            for two in (0..=one).step_by(11) {
                let [a, b] = [one, two].map(|number| self::number(&number.to_string()));
                assert_eq!(a.plus(&b).units(), Some(u128::from(one + two)));
                assert_eq!(a.minus(&b).units(), Some(u128::from(one - two)));
                assert_eq!(a.times(&b).units(), Some(u128::from(one * two)));
                assert_eq!(a.compare(&b), one.cmp(&two));
            }
        }
    }

    #[test]
    fn places_are_kept_apart_from_digits() {
        let sum = number("1.5").plus(&number("0.25"));
        assert_eq!((sum.units(), sum.places()), (Some(175), 2));
        assert!(number("12.50").with_places(0).is_none());
        assert_eq!(number("0.00").with_places(38).unwrap().units(), Some(0));
        assert_eq!(
            number("340282366920938463463374607431768211455").units(),
            Some(u128::MAX)
        );
        assert_eq!(number("340282366920938463463374607431768211456").units(), None);
    }
}
