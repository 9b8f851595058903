//! The ratios of Markdown tables as bars, in SVG.

use std::error::Error;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: u32 = 900;
/// Height of a bar with the space around it.
const ROW: u32 = 24;
/// Height of the title, and of the numbers below the bars.
const TITLE: u32 = 40;
const NUMBERS: u32 = 40;
/// Width of the names.
const NAMES: u32 = 270;

const MET: RGBColor = RGBColor(74, 134, 196);
const MISSED: RGBColor = RGBColor(214, 125, 44);
const TEXT: RGBColor = RGBColor(29, 35, 48);
const GRID: RGBColor = RGBColor(213, 218, 227);

/// A column of a table, and its picture.
struct Column {
    file: &'static str,
    title: &'static str,
    /// The head of the table's first column, which has the names of the bars.
    names: &'static str,
    /// The head of the column with the ratios.
    ratios: &'static str,
}

const COLUMNS: [Column; 4] = [
    Column {
        file: "dispatch.svg",
        title: "Time of dispatch, in C floors (less is better)",
        names: "dispatch by value",
        ratios: "floors",
    },
    Column {
        file: "traffic.svg",
        title: "Time of the recorded traffic, in copies of the bodies (less is better)",
        names: "recorded traffic",
        ratios: "copies",
    },
    Column {
        file: "encode.svg",
        title: "Time of encode, in copies of the body (less is better)",
        names: "direct",
        ratios: "`encode` / copy",
    },
    Column {
        file: "connections.svg",
        title: "Throughput of a connection, in that of a loop without decoding (more is better)",
        names: "traffic",
        ratios: "ratio",
    },
];

/// A picture of a table.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Name of its file.
    pub file: &'static str,
    /// Contents of the file.
    pub svg: String,
}

/// A ratio. It is bold in its table if it misses its aim.
struct Bar {
    name: String,
    ratio: f64,
    /// The ratio and its aim.
    label: String,
    is_missed: bool,
}

/// Draws those of the known tables that the text contains.
pub fn pictures(tables: &str) -> Result<Vec<Picture>, Box<dyn Error>> {
    let mut pictures = Vec::new();
    for column in &COLUMNS {
        let bars = bars(tables, column)?;
        if !bars.is_empty() {
            let svg =
                draw(column.title, &bars).map_err(|error| format!("{}: {error}", column.file))?;
            let file = column.file;
            pictures.push(Picture { file, svg });
        }
    }
    Ok(pictures)
}

/// The bars of a column. None if the text does not contain the table.
fn bars(tables: &str, column: &Column) -> Result<Vec<Bar>, Box<dyn Error>> {
    let start = format!("| {} | ", column.names);
    let mut lines = tables.lines().skip_while(|line| !line.starts_with(&start));
    let Some(head) = lines.next() else {
        return Ok(Vec::new());
    };
    let at = cells(head).position(|cell| cell == column.ratios);
    let at = at.ok_or_else(|| format!("no column {} in {head}", column.ratios))?;
    let rows = lines.skip(1).take_while(|line| line.starts_with("| "));
    rows.map(|row| {
        let mut cells = cells(row);
        let name = cells.next().unwrap_or_default().to_owned();
        let cell = cells.nth(at.saturating_sub(1)).unwrap_or_default();
        let label = cell.replace("**", "");
        let ratio = label.split(' ').next().unwrap_or_default();
        let ratio = ratio.parse().map_err(|_| format!("no ratio in {row}"))?;
        Ok(Bar {
            name,
            ratio,
            is_missed: label.len() < cell.len(),
            label,
        })
    })
    .collect()
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.trim_matches('|').split('|').map(str::trim)
}

fn draw(title: &str, bars: &[Bar]) -> Result<String, Box<dyn Error>> {
    let count = u32::try_from(bars.len())?;
    let height = TITLE + NUMBERS + ROW * count;
    let longest = bars.iter().map(|bar| bar.ratio).fold(1.0, f64::max);
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let font = |size: i32| ("sans-serif", size).into_font().color(&TEXT);
    let mut chart = ChartBuilder::on(&root)
        .margin_right(16)
        .caption(title, font(17))
        .x_label_area_size(NUMBERS)
        .y_label_area_size(NAMES)
        // Labels follow the bars, so the longest bar ends before the picture does.
        .build_cartesian_2d(
            0.0..longest * 1.2,
            (0..count.saturating_sub(1)).into_segmented(),
        )?;
    // The first bar is at the top, but numbers grow upwards.
    let last = count.saturating_sub(1);
    let name = |position: &SegmentValue<u32>| {
        let SegmentValue::CenterOf(position) = position else {
            return String::new();
        };
        let index = usize::try_from(last.saturating_sub(*position)).ok();
        let bar = index.and_then(|index| bars.get(index));
        bar.map_or_else(String::new, |bar| bar.name.clone())
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .x_labels(8)
        .x_label_formatter(&|ratio| format!("{ratio:.1}"))
        .y_labels(bars.len())
        .y_label_formatter(&name)
        .label_style(font(14))
        .draw()?;
    let positions = (0..count).rev().zip(bars);
    for (position, bar) in positions.clone() {
        let color = if bar.is_missed { MISSED } else { MET };
        chart.draw_series(
            Histogram::horizontal(&chart)
                .style(color.filled())
                .margin(4)
                .data([(position, bar.ratio)]),
        )?;
    }
    let line = [SegmentValue::Exact(0), SegmentValue::Last].map(|position| (1.0, position));
    chart.draw_series([PathElement::new(line, TEXT.stroke_width(1))])?;
    let style = font(14).pos(Pos::new(HPos::Left, VPos::Center));
    chart.draw_series(positions.map(|(position, bar)| {
        let end = (bar.ratio, SegmentValue::CenterOf(position));
        EmptyElement::at(end) + Text::new(bar.label.clone(), (6, 0), style.clone())
    }))?;
    root.present()?;
    drop(chart);
    drop(root);
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::pictures;

    #[test]
    fn pictures_show_the_tables_of_the_performance_page() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        let page = fs::read_to_string(docs.join("performance.md")).unwrap();
        let drawn = pictures(&page).unwrap();
        assert_eq!(drawn.len(), 4);
        for picture in drawn {
            let path = docs.join("pictures").join(picture.file);
            if env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&path, &picture.svg).unwrap();
            }
            let link = format!("(pictures/{})", picture.file);
            assert!(page.contains(&link), "the page does not show {link}");
            let golden = fs::read_to_string(&path).unwrap();
            assert!(
                golden == picture.svg,
                "{} differs; `UPDATE_GOLDEN=1 cargo test -p spice-benches --lib` rewrites it",
                picture.file
            );
        }
    }
}
