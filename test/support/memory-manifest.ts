import { ManifestError } from '../../core/manifest/manifest-error.ts';
import type { FoundObject, ManifestFiles, ManifestSource } from '../../core/stores/manifest-source.ts';

/** Objects in memory, in pieces of so many bytes as a network would bring them. The first one is the manifest. */
export function memoryFiles(objects: Readonly<Record<string, Buffer | string>>, pieceBytes = 1_000): ManifestFiles {
  const [first = 'm/none'] = Object.keys(objects);
  const source = (name: string): ManifestSource => {
    const bytes = (): Buffer => {
      const found = objects[name];
      if (found === undefined) throw new ManifestError('ManifestNotFound', `There is no manifest at s3://${name}.`);
      return Buffer.from(found);
    };
    return {
      etag: () => '"e"',
      size: async () => bytes().length,
      async *read(start, end) {
        const all = bytes();
        for (let at = start; at < Math.min(end, all.length); at += pieceBytes) {
          yield all.subarray(at, Math.min(at + pieceBytes, end));
        }
      },
    };
  };
  const slash = first.indexOf('/');
  return {
    manifest: { bucket: first.slice(0, slash), key: first.slice(slash + 1), ...source(first) },
    open: (bucket, key) => source(`${bucket}/${key}`),
    list: (bucket, prefix) => found(objects, bucket, prefix),
  };
}

async function* found(
  objects: Readonly<Record<string, Buffer | string>>,
  bucket: string,
  prefix: string,
): AsyncGenerator<FoundObject> {
  for (const [name, bytes] of Object.entries(objects)) {
    if (!name.startsWith(`${bucket}/${prefix}`)) continue;
    yield { key: name.slice(bucket.length + 1), size: Buffer.byteLength(bytes), etag: '"e"' };
  }
}
