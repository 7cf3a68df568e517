import { formatOf } from '../manifest/manifest-format.ts';
import { prefixOf } from '../manifest/table/prefix.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { filterProblems } from './check-filter.ts';
import { TABLE_FORMATS } from './drover-manifest.ts';
import { bareETag, parseObjectArn } from './object-arn.ts';
import type { Manifest } from './request.ts';

const CSV = 'S3BatchOperations_CSV_20180820';
const INVENTORIES = ['S3InventoryReport_CSV_20161130', 'S3InventoryReport_CSV_20211130', 'S3InventoryReport_Parquet'];

/** The options of `Manifest.Drover`, and the formats that they belong to. */
const FORMAT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Header: [CSV, 'CSV'],
  ExtraColumns: [CSV],
  EmptyVersion: [CSV, ...INVENTORIES, ...TABLE_FORMATS],
  DeleteMarkers: [...INVENTORIES, ...TABLE_FORMATS],
  Tasks: ['Report_CSV_20180820'],
  ColumnNames: [CSV],
  Columns: TABLE_FORMATS,
  Bucket: TABLE_FORMATS,
  KeyEncoding: TABLE_FORMATS,
  Delimiter: ['CSV'],
};

/** What of a manifest is wrong that can be known without reading it. */
export function manifestProblems(manifest: Manifest): Problem[] {
  return [
    ...formatProblems(manifest),
    ...fieldProblems(manifest),
    ...tableProblems(manifest),
    ...filterProblems(manifest.Drover?.Filter, knownColumns(manifest), 'Manifest.Drover.Filter'),
    ...locationProblems(manifest),
  ];
}

/** The columns that a manifest is known to have before it is read: undefined where it names them itself. */
export function knownColumns(manifest: Manifest): readonly string[] | undefined {
  const { ColumnNames: names, Columns: mapping = {} } = manifest.Drover ?? {};
  const format = formatOf(manifest);
  if (format === CSV) {
    return (manifest.Spec?.Fields ?? []).map((field, index) =>
      field === 'Ignore' ? (names?.[index] ?? field) : field,
    );
  }
  if (format === 'Report_CSV_20180820') return ['Bucket', 'Key', 'VersionId'];
  return TABLE_FORMATS.includes(format) ? Object.keys(mapping) : undefined;
}

function formatProblems(manifest: Manifest): Problem[] {
  const { Spec, Drover: options = {} } = manifest;
  if (Spec === undefined && options.Format === undefined) return [{ path: 'Manifest.Spec', says: 'is missing' }];
  if (Spec !== undefined && options.Format !== undefined) {
    return [{ path: 'Manifest', says: 'must have either Spec or Drover.Format, but has both' }];
  }
  const format = formatOf(manifest);
  return Object.entries(FORMAT_OPTIONS)
    .filter(([name, formats]) => Object.hasOwn(options, name) && !formats.includes(format))
    .map(([name, formats]) => ({
      path: `Manifest.Drover.${name}`,
      says: `is for the format ${formats.join(' or ')}, not for ${format}`,
    }));
}

function fieldProblems(manifest: Manifest): Problem[] {
  const path = 'Manifest.Spec.Fields';
  const fields = manifest.Spec?.Fields;
  if (formatOf(manifest) !== CSV) {
    return fields === undefined ? [] : [{ path, says: 'is for CSV manifests: an inventory names its fields itself' }];
  }
  if (fields === undefined) {
    return [{ path, says: 'is missing: it must be a list that says what the columns hold, like Bucket, Key' }];
  }
  const count = (name: string) => fields.filter((field) => field === name).length;
  const once = (['Bucket', 'Key'] as const).filter((name) => count(name) !== 1);
  return [
    ...once.map((name) => ({ path, says: `must name ${name} exactly once, but names it ${count(name)} times` })),
    ...(count('VersionId') > 1
      ? [{ path, says: `must name VersionId at most once, but names it ${count('VersionId')} times` }]
      : []),
    ...nameProblems(manifest, fields),
  ];
}

/** Names of columns stand beside what Fields says of them. */
function nameProblems({ Drover: options }: Manifest, fields: readonly string[]): Problem[] {
  const path = 'Manifest.Drover.ColumnNames';
  const names = options?.ColumnNames;
  if (names === undefined) return [];
  if (names.length !== fields.length) {
    return [{ path, says: `must name the ${fields.length} columns of Fields, but names ${names.length}` }];
  }
  const other = names.findIndex((name, index) => fields[index] !== 'Ignore' && fields[index] !== name);
  if (other >= 0) return [{ path: `${path}[${other}]`, says: `must be ${fields[other]}, which Fields has there` }];
  const twice = names.find((name, index) => name !== 'Ignore' && names.indexOf(name) !== index);
  return twice === undefined ? [] : [{ path, says: `must not have the name ${twice} twice` }];
}

function tableProblems(manifest: Manifest): Problem[] {
  if (!TABLE_FORMATS.includes(formatOf(manifest))) return [];
  const { Columns: columns, Bucket: bucket, Header: header } = manifest.Drover ?? {};
  const path = 'Manifest.Drover.Columns';
  if (columns === undefined) {
    return [
      { path, says: 'is missing: it must say which columns name objects, like {"Bucket": "bucket", "Key": "key"}' },
    ];
  }
  const problems: Problem[] = [];
  if (columns.Bucket === undefined && bucket === undefined) {
    problems.push({
      path: `${path}.Bucket`,
      says: 'is missing: no column holds the bucket, and Manifest.Drover.Bucket is not there',
    });
  }
  if (columns.Bucket !== undefined && bucket !== undefined) {
    problems.push({ path: 'Manifest.Drover.Bucket', says: `must not be there beside ${path}.Bucket` });
  }
  if (formatOf(manifest) !== 'CSV' || header === undefined) return problems;
  const unnumbered = Object.entries(columns).filter(([, from]) => !/^[1-9]\d{0,4}$/.test(from ?? '1'));
  return [
    ...problems,
    ...unnumbered.map(([name]) => ({
      path: `${path}.${name}`,
      says: 'must be the number of a column, from 1: with Manifest.Drover.Header columns have no names',
    })),
  ];
}

function locationProblems(manifest: Manifest): Problem[] {
  const { ObjectArn: arn, ETag: etag, ObjectVersionId: version } = manifest.Location;
  const object = parseObjectArn(arn);
  if (object === undefined) {
    return [
      {
        path: 'Manifest.Location.ObjectArn',
        says: 'must be the ARN of an object in a bucket, like arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv',
      },
    ];
  }
  const isPrefix = prefixOf(object.key) !== undefined && TABLE_FORMATS.includes(formatOf(manifest));
  if (isPrefix) {
    const needless = Object.entries({ ETag: etag, ObjectVersionId: version }).filter(
      ([, given]) => given !== undefined,
    );
    return needless.map(([name]) => ({
      path: `Manifest.Location.${name}`,
      says: 'must not be there: ObjectArn is a prefix',
    }));
  }
  if (etag === undefined) {
    const says =
      prefixOf(object.key) === undefined
        ? 'is missing: it must be text'
        : `is missing: only a table (Manifest.Drover.Format ${TABLE_FORMATS.join(', ')}) may be a prefix`;
    return [{ path: 'Manifest.Location.ETag', says }];
  }
  if (/^[\u0021\u0023-\u007e]+$/.test(bareETag(etag))) return [];
  return [
    {
      path: 'Manifest.Location.ETag',
      says: 'must be the ETag of the manifest, with or without its quotes, like 60e460c9d1046e73f7dde5043ac3ae85',
    },
  ];
}
