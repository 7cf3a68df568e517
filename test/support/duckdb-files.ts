import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** A row of a table that DuckDB is to write: text, numbers, booleans; undefined is NULL. */
export type TableRow = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Files written by DuckDB, a writer that shares no code with the reader.
 * @param types the columns and their SQL types, in order.
 * @param options of DuckDB's COPY, like `FORMAT parquet, COMPRESSION zstd`.
 */
export async function duckdbFile(
  types: Readonly<Record<string, string>>,
  rows: readonly TableRow[],
  options: string,
): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-duckdb-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const file = join(folder, 'table');
    const names = Object.keys(types);
    await connection.run(`CREATE TABLE t (${names.map((name) => `"${name}" ${types[name]}`).join(', ')})`);
    for (let from = 0; from < rows.length; from += 1_000) {
      const values = rows.slice(from, from + 1_000).map((row) => `(${names.map((name) => sql(row[name])).join(', ')})`);
      await connection.run(`INSERT INTO t VALUES ${values.join(', ')}`);
    }
    await connection.run(`COPY t TO '${file}' (${options})`);
    return readFileSync(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rows of a Parquet file as DuckDB reads them: times and large numbers as text. */
export async function duckdbRows(file: Buffer, clause = ''): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-duckdb-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const path = join(folder, 'table.parquet');
    writeFileSync(path, file);
    return (await connection.runAndReadAll(`SELECT * FROM '${path}' ${clause}`)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sql(value: string | number | boolean | undefined): string {
  if (value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
