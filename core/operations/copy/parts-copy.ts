import type { CopyTarget } from '../../s3/requests/copy-object.ts';
import type { TaskResult } from '../task-result.ts';
import type { Headers } from './copy-headers.ts';
import type { PinnedSource } from './source.ts';

/** A copy that is too large for one request. */
export interface PartsCopy {
  readonly source: PinnedSource;
  readonly target: CopyTarget;
  readonly payer: Headers;
  /** What the upload is to be begun with, or why the copy must fail. Asked when there is something left to copy. */
  readonly describe: () => Promise<{ readonly headers: Headers } | { readonly failure: TaskResult }>;
}
