import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ListedObject } from '../listing/list-page.ts';
import type { DataFile, DigestedObject } from './data-file.ts';
import type { InventoryColumn } from './fields.ts';
import { type InventoryFile, type ParquetColumn, parquetColumns } from './report-layout.ts';
import { typedValue } from './row-values.ts';

/** Rows held in memory until they are written together: some tens of megabytes. */
const ROWS_OF_GROUP = 50_000;

const CREATED_BY = 'Drover';

/** A data file in Parquet, written a row group at a time. */
export class ParquetInventoryFile implements DataFile {
  private readonly bytes = new ByteWriter();
  private readonly writer: ParquetWriter;
  private readonly columns: readonly ParquetColumn[];
  private rows: ListedObject[] = [];

  constructor(
    private readonly object: DigestedObject,
    private readonly bucket: string,
    columns: readonly InventoryColumn[],
  ) {
    this.columns = parquetColumns(columns);
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: [{ name: 's3.inventory', num_children: columns.length }, ...this.columns.map(schemaElement)],
      createdBy: CREATED_BY,
    });
  }

  get size(): number {
    return this.object.size;
  }

  async add(objects: readonly ListedObject[]): Promise<void> {
    this.rows.push(...objects);
    if (this.rows.length >= ROWS_OF_GROUP) await this.writeGroup();
  }

  async close(): Promise<InventoryFile> {
    if (this.rows.length > 0) await this.writeGroup();
    await this.writer.finish();
    await this.flush();
    return await this.object.close();
  }

  async abort(): Promise<void> {
    this.rows = [];
    await this.object.abort();
  }

  private async writeGroup(): Promise<void> {
    const { rows } = this;
    this.rows = [];
    const columnData = this.columns.map(({ column, name }) => ({
      name,
      data: rows.map((row) => typedValue(column, this.bucket, row)),
    }));
    await this.writer.write({ columnData, rowGroupSize: rows.length });
    await this.flush();
  }

  /** Sends what was written; the writer counts on from its offset. */
  private async flush(): Promise<void> {
    const bytes = Buffer.from(this.bytes.getBytes());
    this.bytes.index = 0;
    await this.object.write(bytes);
  }
}

function schemaElement({ name, type, required }: ParquetColumn): SchemaElement {
  const repetition_type = required ? 'REQUIRED' : 'OPTIONAL';
  switch (type) {
    case 'string':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    case 'boolean':
      return { name, repetition_type, type: 'BOOLEAN' };
    case 'int64':
      return { name, repetition_type, type: 'INT64' };
    case 'timestamp':
      return { name, repetition_type, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' };
  }
}
