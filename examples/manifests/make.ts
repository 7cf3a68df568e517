import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Makes a manifest of every kind that names the three objects of examples/objects, and puts it into the bucket
 * `examples`, at the endpoint of AWS_ENDPOINT_URL. The job of each stands beside this file. Some are packed (gzip,
 * Parquet), so that they are made here and not kept.
 */

const BUCKET = 'examples';
const OBJECTS = [
  { key: 'objects/plain.txt', size: 25, storageClass: 'STANDARD' },
  { key: 'objects/with some spaces.txt', size: 40, storageClass: 'STANDARD' },
  { key: 'objects/100% a+b, c.txt', size: 1_200_000, storageClass: 'STANDARD_IA' },
];

const { AWS_ENDPOINT_URL: endpoint, AWS_DEFAULT_REGION: region = 'us-east-1' } = process.env;
if (endpoint === undefined)
  throw new Error('Set AWS_ENDPOINT_URL as examples/README.md says: this is for the local cloud.');
const s3 = new S3Client({ endpoint, region, forcePathStyle: true });

async function put(key: string, body: string | Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `manifests/${key}`, Body: body }));
  console.log(`s3://${BUCKET}/manifests/${key}`);
}

/** A key as a CSV manifest or an inventory spells it: URL-encoded. */
const spelled = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

const md5 = (bytes: string | Buffer): string => createHash('md5').update(bytes).digest('hex');

/** With a line of titles and columns that are not about which object it is, packed by gzip. */
async function csv(): Promise<void> {
  const lines = OBJECTS.map(({ key, size }) => `${BUCKET},${spelled(key)},${size},from the archive\n`);
  await put('list.csv.gz', gzipSync(`bucket,key,size,remark\n${lines.join('')}`));
}

/** With a column that values of the job's operation name; the last line has nothing there. */
async function owners(): Promise<void> {
  const lines = OBJECTS.map(({ key }, n) => `${BUCKET},${spelled(key)},${['ann', 'bob', ''][n]}\n`);
  await put('owners.csv', lines.join(''));
}

/** A file of data and the manifest.json beside it, as S3 Inventory leaves them. */
async function inventory(folder: string, file: string, data: Buffer, format: string, schema: string): Promise<void> {
  const key = `${folder}/data/${file}`;
  await put(key, data);
  const manifest = {
    sourceBucket: BUCKET,
    destinationBucket: `arn:aws:s3:::${BUCKET}`,
    version: '2016-11-30',
    creationTimestamp: '1767225600000',
    fileFormat: format,
    fileSchema: schema,
    files: [{ key: `manifests/${key}`, size: data.length, MD5checksum: md5(data) }],
  };
  await put(`${folder}/manifest.json`, JSON.stringify(manifest));
}

async function csvInventory(): Promise<void> {
  const lines = OBJECTS.map(
    ({ key, size, storageClass }) => `"${BUCKET}","${spelled(key)}","${size}","${storageClass}"\n`,
  );
  await inventory('inventory-csv', '0.csv.gz', gzipSync(lines.join('')), 'CSV', 'Bucket, Key, Size, StorageClass');
}

async function parquetInventory(): Promise<void> {
  const file = await parquet('bucket, key, size, storage_class');
  await inventory('inventory-parquet', '0.parquet', file, 'Parquet', 'message s3.inventory {}');
}

/** An export of two files, as a query engine leaves it, with columns of its own. */
async function table(): Promise<void> {
  await put('export/_SUCCESS', '');
  await put('export/part-0.parquet', await parquet('bucket AS bkt, key AS object, size AS bytes', 'n < 2'));
  await put('export/part-1.parquet', await parquet('bucket AS bkt, key AS object, size AS bytes', 'n >= 2'));
  await put('table.csv', `object;bytes\n${OBJECTS.map(({ key, size }) => `${key};${size}\n`).join('')}`);
}

/** A Parquet file of the objects, written by DuckDB. */
async function parquet(columns: string, condition = 'true'): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-examples-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const file = join(folder, 'objects.parquet');
    const rows = OBJECTS.map(
      ({ key, size, storageClass }, n) => `(${n}, '${BUCKET}', '${key}', ${size}, '${storageClass}')`,
    );
    const objects = `(VALUES ${rows.join(', ')}) AS objects (n, bucket, key, size, storage_class)`;
    await connection.run(`COPY (SELECT ${columns} FROM ${objects} WHERE ${condition}) TO '${file}' (FORMAT parquet)`);
    return await readFile(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

/** The report of a job in which the first object succeeded and the others did not. */
async function report(): Promise<void> {
  const lines = OBJECTS.map(({ key }) => `${BUCKET},${spelled(key)},`);
  const succeeded = `${lines[0]},succeeded,200,,Successful\r\n`;
  const failed = lines
    .slice(1)
    .map((line) => `${line},failed,503,SlowDown,Please reduce your request rate.\r\n`)
    .join('');
  const results = [];
  for (const [status, text] of Object.entries({ succeeded, failed })) {
    const key = `report/results/${status}.csv`;
    await put(key, text);
    results.push({ TaskExecutionStatus: status, Bucket: BUCKET, MD5Checksum: md5(text), Key: `manifests/${key}` });
  }
  const manifest = { Format: 'Report_CSV_20180820', ReportCreationDate: '2026-01-01T00:00:00.000Z', Results: results };
  await put('report/manifest.json', JSON.stringify(manifest));
}

for (const make of [csv, owners, csvInventory, parquetInventory, table, report]) await make();
s3.destroy();
