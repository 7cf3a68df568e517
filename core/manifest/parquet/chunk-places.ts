import type { ColumnMetaData, RowGroup } from 'hyparquet';

/** Where the bytes of a column in a row group are said to be. */
export interface ChunkPlace {
  readonly start: number;
  /** The place of the first byte after it. */
  readonly end: number;
}

/** By its footer; its numbers may be anything. */
export function placeOf(column: ColumnMetaData): ChunkPlace {
  const [dictionary, data] = [Number(column.dictionary_page_offset ?? 0), Number(column.data_page_offset)];
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  return { start, end: start + Number(column.total_compressed_size) };
}

/** Throws where that is not in the file, between the PAR1 that it begins with and its footer. */
export function requireInside({ start, end }: ChunkPlace, footer: number): void {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 4 && end > start && end <= footer)) {
    throw new Error(`its bytes are said to be at ${start} to ${end}, but those of columns are at 4 to ${footer}`);
  }
}

/**
 * Throws where two columns are said to have the same bytes: rows would be read twice and others never, in a file whose
 * every page is sound.
 */
export function requireApart(groups: readonly RowGroup[]): void {
  const places = groups.flatMap(({ columns }, group) =>
    columns.flatMap(({ meta_data: column, file_path: elsewhere }) => {
      if (column === undefined || (elsewhere !== undefined && elsewhere !== '')) return [];
      const place = placeOf(column);
      return place.end > place.start ? [{ ...place, group, name: column.path_in_schema.join('.') }] : [];
    }),
  );
  places.sort((one, two) => one.start - two.start);
  for (const [index, { start, end, group, name }] of places.entries()) {
    const next = places[index + 1];
    if (next === undefined || next.start >= end) continue;
    const both = [name, next.name].map((each) => each.slice(0, 30)).join(' and ');
    const where = group === next.group ? `row group ${group + 1}` : `row groups ${group + 1} and ${next.group + 1}`;
    throw new Error(`columns ${both} in ${where} overlap, at ${start} to ${end} and from ${next.start}`);
  }
}
