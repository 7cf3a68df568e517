import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { INVALID_MANIFEST_CONTENT } from '../../../core/manifest/manifest-error.ts';

export { memoryFiles } from '../../support/memory-manifest.ts';

export const md5 = (bytes: Buffer | string): string => createHash('md5').update(bytes).digest('hex');

/** The failure that a manifest of a wrong form has. */
export const invalidManifest = (reason: string | RegExp): object => ({
  code: INVALID_MANIFEST_CONTENT,
  message: expect.stringMatching(reason) as unknown,
});
