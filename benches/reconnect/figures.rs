use std::time::Duration;

/// So much of them is no longer than this, in milliseconds.
pub(crate) fn quantile_ms(times: impl IntoIterator<Item = Duration>, share: f64) -> f64 {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort_unstable();
    let at = (times.len() as f64 * share) as usize;
    let time = times.get(at.min(times.len().saturating_sub(1)));
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// The largest share of the moments that fall within 100 ms, wherever those begin.
pub(crate) fn worst_100ms_share(moments: &[Duration]) -> f64 {
    let mut moments = moments.to_vec();
    moments.sort_unstable();
    let until =
        |first: &Duration| moments.partition_point(|it| *it <= *first + Duration::from_millis(100));
    let counts = moments
        .iter()
        .enumerate()
        .map(|(before, first)| until(first) - before);
    counts.max().unwrap_or_default() as f64 / moments.len() as f64
}

pub(crate) fn print(name: &str, figure: f64) {
    println!("{name} {figure:.3}");
}
