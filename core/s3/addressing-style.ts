/**
 * Where a request names its bucket: in the path (`http://host/bucket/key`) or in the host (`http://bucket.host/key`).
 * The words are those of the AWS CLI's `s3.addressing_style`.
 */
export const ADDRESSING_STYLES = ['path', 'virtual'] as const;
export type AddressingStyle = (typeof ADDRESSING_STYLES)[number];
