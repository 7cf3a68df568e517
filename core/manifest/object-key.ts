/**
 * The key that a manifest's key column spells: form-style URL encoding, `+` for a space, `%XX` for the bytes of UTF-8
 * (User Guide, specify-batchjob-manifest; writers in the field use both `%20` and `+`). Undefined if it is no such text.
 */
export function decodeManifestKey(text: string): string | undefined {
  if (text === '') return undefined;
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

/** A key as a manifest should spell it: `/` stays, a space is `%20`, and a plus is `%2B`. */
export function encodeManifestKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}
