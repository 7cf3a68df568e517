/** A key as a manifest spells it: form-encoded, the slashes left as they are. */
export function encodeKey(key: string): string {
  return key
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%20', '+'))
    .join('/');
}

/** A manifest of format S3BatchOperations_CSV_20180820 with the columns Bucket and Key. */
export function manifestOf(bucket: string, keys: readonly string[]): string {
  return keys.map((key) => `${bucket},${encodeKey(key)}\n`).join('');
}
