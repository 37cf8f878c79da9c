//! Values with units: durations and sizes.

use std::time::Duration;

/// A duration such as `250ms`, `2s`, `5m`, `8h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// A size such as `512KiB`, `8MiB`, `2GiB` or `100B`, in bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let bytes = number * factor;
    // 2^53 bytes are 8 PiB: beyond it the fraction is lost, and so is the disk.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to lie between 0 and 2^53")]
    (bytes < 9_007_199_254_740_992.0).then_some(bytes as u64)
}

/// A number from 0, whole or not.
pub(super) fn number(value: &toml::Value) -> Option<f64> {
    let number = match value {
        toml::Value::Float(number) => *number,
        toml::Value::Integer(number) => f64::from(i32::try_from(*number).ok()?),
        toml::Value::String(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..end].parse().ok()?;
    Some((number, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(duration("1.5h"), Some(Duration::from_mins(90)));
        for wrong in ["5", "s", "-1s", "1d", "", "1e999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!(size("8MiB"), Some(8 << 20));
        assert_eq!(size("1 KiB"), Some(1024));
        for wrong in ["8", "8MB", "99999999GiB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }
}
