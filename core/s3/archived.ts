/** Classes whose objects cannot be read until they are restored (S3 User Guide, "Restoring an archived object"). */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether an object with these headers is archived, by its class or by itself, and not restored. */
export function isArchived(headers: Readonly<Record<string, string>>): boolean {
  const archived = ARCHIVES.has(headers['x-amz-storage-class'] ?? '') || headers['x-amz-archive-status'] !== undefined;
  return archived && headers['x-amz-restore']?.includes('ongoing-request="false"') !== true;
}
