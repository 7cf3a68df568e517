import { ClassicLevel } from 'classic-level';

/** The index: LevelDB with UTF-8 keys in byte order. Values are JSON, save for small bodies. */
export type IndexDatabase = ClassicLevel<string, string>;

/** A batch is written whole or not at all, also when the process is killed. */
export type IndexChange =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer; readonly valueEncoding: 'buffer' }
  | { readonly type: 'del'; readonly key: string };

const MEBIBYTE = 1024 * 1024;

/** Throws if another process has the folder open. */
export async function openIndex(folder: string): Promise<IndexDatabase> {
  const database = new ClassicLevel<string, string>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    writeBufferSize: 16 * MEBIBYTE,
    cacheSize: 32 * MEBIBYTE,
  });
  await database.open();
  return database;
}

export function putRecord(key: string, record: object): IndexChange {
  return { type: 'put', key, value: JSON.stringify(record) };
}

export function remove(key: string): IndexChange {
  return { type: 'del', key };
}

export async function apply(database: IndexDatabase, changes: readonly IndexChange[]): Promise<void> {
  if (changes.length > 0) await database.batch<string, string | Buffer>([...changes], {});
}

/** Reads without a turn of the event loop: a read from memory is quicker than the way to a thread and back. */
export function readText(database: IndexDatabase, key: string): string | undefined {
  return database.getSync<Buffer, string>(exact(key), { keyEncoding: 'buffer' });
}

export function readBytes(database: IndexDatabase, key: string): Buffer | undefined {
  return database.getSync<Buffer, Buffer>(exact(key), { keyEncoding: 'buffer', valueEncoding: 'buffer' });
}

export function readRecord<Record>(database: IndexDatabase, key: string): Record | undefined {
  const text = readText(database, key);
  return text === undefined ? undefined : (JSON.parse(text) as Record);
}

/** classic-level 3.0.0 may cut a string key short in getSync where it ends in characters of several bytes. */
function exact(key: string): Buffer {
  return Buffer.from(key);
}
