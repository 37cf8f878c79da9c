//! Item codes (实施编码) of the right shape: check characters included, otherwise invented.
//!
//! Comes in: a city and an errand. Goes out: codes. Must never know: pages.

use super::errands::Errand;
use super::world::SimulatedCity;

/// Item code (31) and catalogue code (12).
pub(super) fn codes(city: &SimulatedCity, errand: &Errand, number: usize) -> (String, String) {
    let base = format!("00{}{}{:03}000", errand.item_type.1, errand.department_code, 100 + number);
    let body = format!("11{}{}", city.code, organization(number, city.base));
    let check = credit_code_check(&body);
    (format!("{body}{check}3{base}"), base)
}

/// A nine-character organization code with its check character (GB 11714).
fn organization(number: usize, base: usize) -> String {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("{:08}", 24_100_000 + number * 1_009 + base * 37);
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    format!("{body}{check}")
}

/// The 18th character of a unified social credit code (GB 32100).
fn credit_code_check(body: &str) -> char {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1;
    let mut sum = 0;
    for c in body.chars() {
        sum += ALPHABET.find(c).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_of_a_known_credit_code_comes_out() {
        assert_eq!(credit_code_check("12440100741854396"), 'C');
    }
}
