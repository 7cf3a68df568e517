import type { ManifestFiles } from '../stores/manifest-source.ts';
import { wholeFile } from './byte-streams.ts';

/** Bytes of a manifest.json: an inventory of billions of objects has some ten thousand files of a few hundred bytes each. */
const LARGEST_MANIFEST_JSON = 64 * 1024 * 1024;

/**
 * The manifest's object as JSON, and how a message should name it; the value is undefined where it is no JSON.
 *
 * @throws ManifestError where it cannot be read, or is too large to be a manifest.json.
 */
export async function readManifestJson({
  manifest,
}: ManifestFiles): Promise<{ readonly named: string; readonly value: unknown }> {
  const named = `s3://${manifest.bucket}/${manifest.key}`;
  const bytes = await wholeFile(manifest.read(0, await manifest.size()), LARGEST_MANIFEST_JSON, named);
  return { named, value: parsed(bytes.toString('utf8')) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
