import { CSV_DELIMITERS, type ItemReader, type MapState } from '../language/definition.ts';
import { isObject, type Json } from '../language/payload.ts';
import { fillTemplate, type Scope, valueAt } from '../language/payload-template.ts';
import { InputError, StateError } from '../language/state-error.ts';
import { csvRows } from './csv-rows.ts';
import type { Services } from './services.ts';

/** What a Map state goes through. The items are made anew, one at a time, whenever they are gone through. */
export interface MapItems {
  readonly total: number;
  readonly items: Iterable<Json>;
  /** The CSV that they come from, to be kept while the run lasts: the object may change. */
  readonly csv?: string;
}

/** "The header ... can be at most 10 KiB", as the ItemReader's page says. */
const LARGEST_HEADER_BYTES = 10 * 1024;

function readerFailed(reason: string): StateError {
  return new StateError('States.ItemReaderFailed', reason);
}

/** The items of a Map state. `csv`: what was kept of the run that is taken up again. */
export async function readItems(
  services: Services,
  state: MapState,
  scope: Scope,
  csv: string | undefined,
): Promise<MapItems> {
  const { ItemReader: reader } = state;
  if (reader !== undefined) return csvItems(reader, scope, csv ?? (await readObject(services, reader, scope)));
  const path = state.ItemsPath ?? '$';
  const list = valueAt('ItemsPath', path, scope);
  if (!Array.isArray(list)) {
    throw new InputError(`Reference path "${path}" must point to array. Input is: ${JSON.stringify(list)}`);
  }
  return { total: list.length, items: list };
}

async function readObject(services: Services, reader: ItemReader, scope: Scope): Promise<string> {
  const parameters = fillTemplate(reader.Parameters, scope);
  const { Bucket: bucket, Key: key } = isObject(parameters) ? parameters : {};
  if (typeof bucket !== 'string' || typeof key !== 'string') {
    throw readerFailed("The ItemReader's Parameters must give the texts Bucket and Key");
  }
  const content = await services.objects.readObject(bucket, key);
  if (content === undefined) throw readerFailed(`There is no object '${key}' in the bucket '${bucket}'`);
  return content.toString('utf8');
}

function csvItems(reader: ItemReader, scope: Scope, csv: string): MapItems {
  const { ReaderConfig: config } = reader;
  const delimiter = CSV_DELIMITERS[config.CSVDelimiter ?? 'COMMA'];
  const header = config.CSVHeaders ?? firstOf(csvRows(csv, delimiter)) ?? [];
  if (Buffer.byteLength(header.join(delimiter)) > LARGEST_HEADER_BYTES) {
    throw readerFailed(`The CSV's header is larger than ${LARGEST_HEADER_BYTES} bytes`);
  }
  if (new Set(header).size < header.length) throw readerFailed('CSV headers cannot contain duplicates.');
  const most = config.MaxItems ?? (config.MaxItemsPath && valueAt('MaxItemsPath', config.MaxItemsPath, scope));
  // As in AWS, 0 is no limit.
  const limit = typeof most === 'number' && most > 0 ? most : Number.POSITIVE_INFINITY;
  const rows = function* (): Generator<string[]> {
    let left = limit;
    let skip = config.CSVHeaders === undefined;
    for (const row of csvRows(csv, delimiter)) {
      if (!skip && left-- > 0) yield row;
      skip = false;
    }
  };
  let total = 0;
  for (const _row of rows()) total++;
  const items: Iterable<Json> = {
    *[Symbol.iterator]() {
      // Short rows are filled up with empty texts, surplus fields are left out.
      for (const row of rows()) yield Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']));
    },
  };
  return { total, items, csv };
}

function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
