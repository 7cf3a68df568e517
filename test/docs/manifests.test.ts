import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkJobRequest } from '../../core/job/check-request.ts';
import { DROVER_FORMATS } from '../../core/job/drover-manifest.ts';
import { manifestFilter } from '../../core/job/manifest-filter.ts';
import type { JobRequest } from '../../core/job/request.ts';
import { TAGGING_REQUEST } from '../core/api/fixtures.ts';

const PAGE = readFileSync(new URL('../../docs/manifests.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```yaml\n(Manifest:.*?)```/gs)].map(
  ([, yaml = '']) => parse(yaml) as Pick<JobRequest, 'Manifest'>,
);

test.each(EXAMPLES)('docs/manifests.md has an example that CreateJob takes: %#', (example) => {
  expect(checkJobRequest({ ...TAGGING_REQUEST, ...example })).toMatchObject(example);
});

test('docs/manifests.md has an example of each format, and of every member of a filter', () => {
  const formats = EXAMPLES.map(({ Manifest }) => Manifest?.Drover?.Format);
  expect(new Set(formats.filter((format) => format !== undefined))).toEqual(new Set(DROVER_FORMATS));
  const members = EXAMPLES.flatMap(({ Manifest }) => Object.keys(Manifest?.Drover?.Filter ?? {}));
  expect(new Set(members)).toEqual(new Set(Object.keys(manifestFilter.shape)));
});
