import type { WantedChecksum } from './checksum-algorithm.ts';

/**
 * A checksum as the report has it: JSON in which `=` is written `\u003d`, the hex form in capitals.
 * Source: User Guide, "Examples: S3 Batch Operations completion reports".
 */
export function checksumMessage(
  { algorithm, type }: WantedChecksum,
  etag: string,
  { digest, parts }: { readonly digest: Buffer; readonly parts?: number },
): string {
  const suffix = parts === undefined ? '' : `-${parts}`;
  const message = {
    checksum_base64: digest.toString('base64') + suffix,
    etag: etag.replaceAll('"', ''),
    checksumAlgorithm: algorithm,
    checksumType: type,
    checksum_hex: digest.toString('hex').toUpperCase() + suffix,
  };
  return JSON.stringify(message).replaceAll('=', '\\u003d');
}
