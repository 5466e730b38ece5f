//! Terraform's numbers: decimal, of any size, and exact here.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{FromPrimitive as _, One as _, Pow, Signed as _, ToPrimitive as _, Zero as _};

/// The largest exponent that is read or written out: a number of a few bytes
/// must not fill the memory.
const MAX_EXPONENT: i64 = 4096;

/// A number.
#[derive(Clone, Debug)]
pub(super) struct Number {
    value: BigRational,
    /// Whether it is a result: Terraform calculates in binary, and writes a
    /// fraction that has no end there with the digits of its precision.
    calculated: bool,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl Number {
    fn exact(value: BigRational) -> Self {
        Self { value, calculated: false }
    }

    fn of(value: BigRational, calculated: bool) -> Self {
        Self { value, calculated }
    }

    /// Reads a decimal, as HCL, JSON and YAML write it; `None` if it is none, or
    /// its exponent is beyond the limit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |it: &str| it.chars().all(|it| it.is_ascii_digit());
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        if unsigned.is_empty() && fraction.is_empty() || !digits(unsigned) || !digits(fraction) {
            return None;
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let value = BigRational::from_integer(format!("{whole}{fraction}").parse::<BigInt>().ok()?);
        // Terraform knows a negative zero, and writes it so.
        if value.is_zero() && whole.starts_with('-') {
            return None;
        }
        let scale = BigRational::from_integer(BigInt::from(10).pow(exponent.unsigned_abs()));
        Some(Self::exact(if exponent < 0 { value / scale } else { value * scale }))
    }

    /// A whole number.
    pub(super) fn whole(value: i64) -> Self {
        Self::exact(BigRational::from_integer(value.into()))
    }

    /// How many there are.
    pub(super) fn count(value: usize) -> Self {
        Self::exact(BigRational::from_integer(value.into()))
    }

    /// The number that a float stands for; `None` for infinities.
    pub(super) fn float(value: f64) -> Option<Self> {
        BigRational::from_f64(value).map(Self::exact)
    }

    /// A whole number in another base, of 62 at most: digits, then small letters,
    /// then capitals; up to base 36 letters of either kind are the same.
    pub(super) fn in_base(text: &str, base: u32) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let digit = |it: char| match it {
            '0'..='9' => Some(it as u32 - '0' as u32),
            'a'..='z' => Some(it as u32 - 'a' as u32 + 10),
            'A'..='Z' if base <= 36 => Some(it as u32 - 'A' as u32 + 10),
            'A'..='Z' => Some(it as u32 - 'A' as u32 + 36),
            _ => None,
        };
        let mut value = BigInt::zero();
        for character in digits.chars() {
            value = value * base + digit(character).filter(|it| *it < base)?;
        }
        let value = if negative { -value } else { value };
        (!digits.is_empty()).then(|| Self::exact(BigRational::from_integer(value)))
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> Option<f64> {
        self.value.to_f64()
    }

    /// The value as an integer, if it is one of that size.
    pub(super) fn to_integer(&self) -> Option<i64> {
        self.value.is_integer().then(|| self.value.to_integer().to_i64()).flatten()
    }

    /// The value as an index or a length.
    pub(super) fn to_count(&self) -> Option<usize> {
        self.value.is_integer().then(|| self.value.to_integer().to_usize()).flatten()
    }

    /// Whether it has no fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.value.is_integer()
    }

    /// Its integer, without the fraction.
    pub(super) fn truncated(&self) -> BigInt {
        self.value.to_integer()
    }

    /// The decimal, as Terraform writes it; `None` for one that does not end,
    /// whose digits depend on a precision.
    pub(super) fn text(&self) -> Option<String> {
        if self.value.is_integer() {
            return Some(self.value.to_integer().to_string());
        }
        let ends = !self.calculated || self.value.denom().magnitude().count_ones() == 1;
        let places = decimal_places(self.value.denom()).filter(|_| ends)?;
        let digits =
            (self.value.clone() * BigRational::from_integer(BigInt::from(10).pow(places))).to_integer();
        let sign = if digits.is_negative() { "-" } else { "" };
        let digits = format!("{:0>width$}", digits.abs().to_string(), width = places as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places as usize);
        Some(format!("{sign}{whole}.{fraction}"))
    }

    /// Rounded towards positive infinity.
    pub(super) fn ceil(&self) -> Self {
        Self::exact(self.value.ceil())
    }

    /// Rounded towards negative infinity.
    pub(super) fn floor(&self) -> Self {
        Self::exact(self.value.floor())
    }

    /// Without its sign.
    pub(super) fn abs(&self) -> Self {
        Self::of(self.value.abs(), self.calculated)
    }

    /// With the other sign.
    pub(super) fn negated(&self) -> Self {
        Self::of(-self.value.clone(), self.calculated)
    }

    /// -1, 0 or 1.
    pub(super) fn sign(&self) -> Self {
        Self::whole(match self.value.cmp(&BigRational::zero()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self::of(&self.value + &other.value, true)
    }

    /// The difference.
    pub(super) fn minus(&self, other: &Self) -> Self {
        Self::of(&self.value - &other.value, true)
    }

    /// The product.
    pub(super) fn times(&self, other: &Self) -> Self {
        Self::of(&self.value * &other.value, true)
    }

    /// The quotient; `None` by zero.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        (!other.value.is_zero()).then(|| Self::of(&self.value / &other.value, true))
    }

    /// The remainder, with the sign of the dividend; `None` by zero.
    pub(super) fn modulo(&self, other: &Self) -> Option<Self> {
        (!other.value.is_zero()).then(|| Self::of(&self.value % &other.value, true))
    }

    /// The power, for small whole exponents.
    pub(super) fn power(&self, exponent: i64) -> Option<Self> {
        if exponent.abs() > MAX_EXPONENT || self.value.numer().bits() > 512 {
            return None;
        }
        let power = Pow::pow(self.value.clone(), u32::try_from(exponent.unsigned_abs()).ok()?);
        if exponent < 0 { Self::whole(1).over(&Self::exact(power)) } else { Some(Self::exact(power)) }
    }
}

/// How many decimal places a fraction of this denominator has; `None` if it
/// does not end.
fn decimal_places(denominator: &BigInt) -> Option<u32> {
    let mut rest = denominator.clone();
    let mut count = |prime: u32| {
        let mut times = 0;
        while rest.is_multiple_of(&BigInt::from(prime)) {
            rest /= prime;
            times += 1;
        }
        times
    };
    let places = count(2).max(count(5));
    rest.is_one().then_some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_written_without_an_exponent() {
        for (text, expected) in
            [("1.50", "1.5"), ("1e3", "1000"), ("12E-2", "0.12"), ("0.1", "0.1"), ("-2.05", "-2.05")]
        {
            assert_eq!(Number::parse(text).unwrap().text().unwrap(), expected);
        }
        for text in ["", "-", "-0", "1.2.3", "0x10", "1e9999999999", "inf", "1 2"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_that_does_not_end_has_no_text() {
        let third = Number::whole(1).over(&Number::whole(3)).unwrap();
        assert_eq!(third.text(), None);
        assert_eq!(third.times(&Number::whole(3)), Number::whole(1));
        assert_eq!(Number::whole(1).over(&Number::whole(0)), None);
    }

    #[test]
    fn the_remainder_has_the_sign_of_the_dividend() {
        let modulo = |a: i64, b: i64| Number::whole(a).modulo(&Number::whole(b)).unwrap();
        assert_eq!(modulo(-7, 3), Number::whole(-1));
        assert_eq!(modulo(7, -3), Number::whole(1));
    }
}
