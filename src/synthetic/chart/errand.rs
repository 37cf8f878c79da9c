//! Errands (事项) whose charts are drawn: a table of our own, `fixtures/charts/errands.txt`.

use std::sync::OnceLock;

/// A special step (特殊环节) of an errand.
#[derive(Debug, Clone)]
pub(super) struct Special {
    /// Its name: 现场勘验, 公示 …
    pub(super) name: &'static str,
    /// Who does it.
    pub(super) by: &'static str,
    /// Working days.
    pub(super) days: u32,
    /// Whether its days are part of the promise.
    pub(super) counted: bool,
}

/// One errand.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    /// Title (事项名称).
    pub(super) title: &'static str,
    /// Authority without its city (实施主体).
    pub(super) authority: &'static str,
    /// Section in charge (承办科室).
    pub(super) section: &'static str,
    /// What is handed out (办理结果).
    pub(super) outcome: &'static str,
    /// Names of the papers (申请材料).
    pub(super) papers: Vec<&'static str>,
    /// Working days of accepting, reviewing, deciding and delivering.
    pub(super) days: [u32; 4],
    /// The special step, if it has one.
    pub(super) special: Option<Special>,
}

impl Errand {
    /// Working days that are promised: all that count.
    pub(super) fn promise(&self) -> u32 {
        let special = self.special.as_ref().filter(|special| special.counted).map_or(0, |special| special.days);
        self.days.iter().sum::<u32>() + special
    }
}

/// Every errand.
pub(super) fn errands() -> &'static [Errand] {
    static ERRANDS: OnceLock<Vec<Errand>> = OnceLock::new();
    ERRANDS.get_or_init(|| {
        let lines = include_str!("../../../fixtures/charts/errands.txt").lines();
        lines
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| errand(line).expect("the table is embedded, and a test reads every line"))
            .collect()
    })
}

fn errand(line: &'static str) -> Option<Errand> {
    let mut cells = line.split('|');
    let mut next = || cells.next();
    let (title, authority, section, outcome) = (next()?, next()?, next()?, next()?);
    let papers = next()?.split('、').collect();
    let days: Vec<u32> = next()?.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    let special = match next()? {
        "" => None,
        words => {
            let parts: Vec<&str> = words.split(',').collect();
            let [name, by, days, counted] = parts.try_into().ok()?;
            Some(Special { name, by, days: days.parse().ok()?, counted: counted == "counted" })
        }
    };
    Some(Errand { title, authority, section, outcome, papers, days: days.try_into().ok()?, special })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_at_least_sixty_errands_and_no_title_stands_twice() {
        let titles: BTreeSet<&str> = errands().iter().map(|errand| errand.title).collect();
        assert!(titles.len() >= 60 && titles.len() == errands().len(), "{} of {}", titles.len(), errands().len());
    }

    #[test]
    fn special_steps_are_counted_in_some_errands_and_outside_the_limit_in_others() {
        let counted = |wanted: bool| {
            errands()
                .iter()
                .filter(move |errand| errand.special.as_ref().is_some_and(|special| special.counted == wanted))
        };
        assert!(counted(true).count() >= 15 && counted(false).count() >= 10);
        let food = &errands()[0];
        assert_eq!(food.promise(), 1 + 4 + 2 + 1 + 3);
    }
}
