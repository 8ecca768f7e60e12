//! `image.json`, checked.

use super::Map;

/// The version of the structure that this program reads.
const VERSION: u32 = 1;

/// Reads an image map.
///
/// # Errors
/// The text is no map, or one that no design can have.
pub fn read_map(text: &str) -> Result<Map, String> {
    let map: Map = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if map.schema_version != VERSION {
        let version = map.schema_version;
        return Err(format!("it has schema version {version}, not {VERSION}"));
    }
    let sound = (8..=64).contains(&map.word_bits)
        && map.word_bits.is_multiple_of(2)
        && map.slot_base_addresses.len() == 2
        && map.commit_word_addresses.len() == 2
        && map.nvm_words < 1 << 28
        && (map.checkpoints.iter()).all(|it| it.memories.iter().all(|&at| at < map.memories.len()))
        && (map
            .chain
            .iter()
            .chain(map.checkpoints.iter().flat_map(|it| &it.live)))
        .all(|run| u64::from(run.word_bit) + u64::from(run.width_bits) <= u64::from(map.word_bits));
    match sound {
        true => Ok(map),
        false => Err("its numbers fit no design".to_string()),
    }
}
