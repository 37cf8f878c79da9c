//! One integration binary: whole nights against the simulated cities, and what holds the code base in shape.

mod accuracy;
mod any_page;
mod architecture;
mod blocks;
mod channels;
mod chart_pages;
mod chart_tiles;
mod charted_nights;
mod charts;
mod command_line;
mod dialects;
mod drawn_charts;
mod golden_night;
mod mutations;
mod obstacles;
mod operations;
mod own_catalogue;
mod real_pages;
mod registry;
mod stranger;
mod support;
mod world;
