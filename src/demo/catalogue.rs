//! The catalogue that points at the simulation, in the contract's format.
//!
//! Comes in: a world and a port. Goes out: relative paths and TOML texts. Must never know: what the cities carry; it
//! says what a real catalogue would say: addresses, and the app that the city is known for.

use std::fmt::Write;

use super::world::{SimulatedCity, World};

/// The day written as `verified`: the simulation was made on purpose, so its addresses are known.
const VERIFIED: &str = "2020-04-01";

/// One file a city.
pub(super) fn catalogue(world: &World, port: u16) -> Vec<(String, String)> {
    world.cities().iter().map(|city| (format!("{}/{}.toml", city.folder, city.code), text(city, port))).collect()
}

fn text(city: &SimulatedCity, port: u16) -> String {
    let (portal, mobile) = (city.portal_address(), city.mobile_address());
    let mut out = format!(
        "# A simulated city: the addresses are loopback addresses of the demo.\n\
         code     = \"{}\"\nname     = \"{}\"\nprovince = \"{}\"\nregion   = \"{}\"\nverified = {VERIFIED}\n\
         source   = \"the demo's own simulation\"\n\n\
         [[channel]]\nkind  = \"portal\"\nname  = \"{}政务服务网\"\nseeds = [\"http://{portal}:{port}/\"]\n\
         scope = [\"{portal}:{port}\"]\n",
        city.code,
        city.name,
        city.province,
        city.region,
        city.short(),
    );
    if let Some(group) = &city.group {
        // Cities on one provincial platform share one clock.
        let _ = writeln!(out, "politeness_group = \"{group}\"");
    }
    let _ = write!(
        out,
        "\n[[channel]]\nkind  = \"mobile_web\"\nseeds = [\"http://{mobile}:{port}/\"]\nscope = [\"{mobile}:{port}\"]\n\
         \n[[channel]]\nkind = \"app\"\nname = \"{}\"\n",
        city.app,
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_toml_with_a_portal_a_mobile_site_and_an_app() {
        let files = catalogue(&World::load(), 8123);
        assert_eq!(files.len(), 36);
        for (path, text) in files {
            let table: toml::Table = toml::from_str(&text).expect("valid TOML");
            assert!(path.ends_with(&format!("/{}.toml", table["code"].as_str().expect("a code"))));
            assert_eq!(table["channel"].as_array().expect("channels").len(), 3);
        }
    }

    #[test]
    fn cities_of_one_provincial_platform_share_a_group() {
        let files = catalogue(&World::load(), 8123);
        let with = |group: &str| files.iter().filter(|(_, text)| text.contains(group)).count();
        assert_eq!((with("\"zjzwfw\""), with("\"gdzwfw\""), with("\"fjzwfw\"")), (2, 2, 2));
    }
}
