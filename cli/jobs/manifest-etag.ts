import type { ObjectStore } from '../api/object-store.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { EtagLookup } from './job-request.ts';

/** Looks up a manifest's ETag with HEAD. The ARN's key is plain text: `arn:aws:s3:::bucket/key`. */
export function manifestEtagIn(store: () => Promise<ObjectStore>): EtagLookup {
  return async (objectArn, versionId) => {
    const match = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/s.exec(objectArn);
    const [, bucket, key] = match ?? [];
    if (bucket === undefined || key === undefined) {
      throw new UsageError(`The manifest's ObjectArn '${objectArn}' should look like arn:aws:s3:::bucket/key`);
    }
    const found = await (await store()).head(bucket, key, versionId);
    if (found?.ETag !== undefined) return found.ETag.replaceAll('"', '');
    throw new CommandError(`There is no manifest at s3://${bucket}/${key}`, 'ManifestNotFound');
  };
}
