import type { ManifestFilter } from '../../job/manifest-filter.ts';
import type { S3Tag } from '../../s3/requests/object-tagging.ts';

type TagFilter = NonNullable<ManifestFilter['Tags']>;
type WantedTag = NonNullable<TagFilter['MatchAll']>[number];

/** Whether an object with these tags is wanted. A tag that is wanted without a value is there with any. */
export function hasWantedTags(
  { MatchAll: all = [], MatchAny: any, MatchNone: none = [] }: TagFilter,
  tags: readonly S3Tag[],
): boolean {
  const values = new Map(tags.map(({ Key, Value }) => [Key, Value]));
  const has = ({ Key, Value }: WantedTag): boolean => {
    const value = values.get(Key);
    return value !== undefined && (Value ?? value) === value;
  };
  return all.every(has) && (any === undefined || any.some(has)) && !none.some(has);
}
