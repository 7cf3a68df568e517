import type { TriggerDefinition } from './definition.ts';
import type { Trigger } from './records.ts';
import { fillIn, type Variables } from './variables.ts';

/** The tag of jobs that a trigger made, with the trigger's name as its value. */
const TRIGGER_TAG = 'drover:trigger';

/** The priority of jobs whose template names none: the AWS console's default. */
const USUAL_PRIORITY = 10;

/** Longest description (S3 Control's model): one with a long key in it is cut. */
const DESCRIPTION_LENGTH = 256;

type Members = Readonly<Record<string, unknown>>;

/** Where a job's manifest is. */
export interface ManifestLocation {
  readonly ObjectArn: string;
  readonly ETag: string;
  readonly ObjectVersionId?: string;
}

/** What of a manifest a trigger adds to what its template says. */
export interface FoundManifest {
  readonly location: ManifestLocation;
  /** Of inventories: the format that the report's manifest.json names. */
  readonly format?: 'CSV' | 'Parquet';
}

/**
 * The CreateJob request of one firing, not yet checked: the template with its variables filled in, and what the trigger
 * adds (manifest, token, tag, and that no confirmation is asked for, unless the template does).
 */
export function requestOf(
  { name, definition }: Pick<Trigger, 'name' | 'definition'>,
  firing: { readonly token: string; readonly variables: Variables; readonly manifest?: FoundManifest },
): Members {
  const job = fillIn(definition.Job, firing.variables) as Members;
  const { Manifest: manifest, Description: description, Tags: tags = [] } = job;
  const found = firing.manifest;
  return {
    ConfirmationRequired: false,
    Priority: USUAL_PRIORITY,
    ...job,
    ...(typeof description === 'string' ? { Description: [...description].slice(0, DESCRIPTION_LENGTH).join('') } : {}),
    ...(found === undefined ? {} : { Manifest: withLocation(isObject(manifest) ? manifest : {}, found) }),
    Tags: Array.isArray(tags) ? [...tags, { Key: TRIGGER_TAG, Value: name }] : tags,
    ClientRequestToken: firing.token,
  };
}

function withLocation(manifest: Members, { location, format }: FoundManifest): Members {
  return { ...formatMembers(manifest, format), Location: location };
}

/** A template may say how an inventory is read, filters included; which format it has, the report says. */
function formatMembers({ Drover: options, ...rest }: Members, format: FoundManifest['format']): Members {
  if (format === 'Parquet') {
    return { ...rest, Drover: { ...(isObject(options) ? options : {}), Format: 'S3InventoryReport_Parquet' } };
  }
  return {
    ...(format === 'CSV' ? { Spec: { Format: 'S3InventoryReport_CSV_20161130' } } : {}),
    ...rest,
    ...(options === undefined ? {} : { Drover: options }),
  };
}

/** Where the template itself says which object the manifest of a scheduled job is, without its ETag. */
export function unpinnedManifest(definition: TriggerDefinition): Members | undefined {
  const { Manifest: manifest } = definition.Job;
  if (!isObject(manifest) || !isObject(manifest['Location'])) return undefined;
  const { ObjectArn: arn, ETag: etag } = manifest['Location'];
  if (etag !== undefined || typeof arn !== 'string' || /\/\*?$/.test(arn)) return undefined;
  return manifest['Location'];
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
