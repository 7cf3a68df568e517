import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkTrigger } from '../../core/triggers/check-trigger.ts';
import { SAMPLES } from '../../core/triggers/variables.ts';

const PAGE = readFileSync(new URL('../../docs/automation.md', import.meta.url), 'utf8');

test('docs/automation.md has a job that a trigger takes', () => {
  const [, yaml = ''] = /```yaml\n(# tag\.yaml.*?)```/s.exec(PAGE) ?? [];
  const Job = parse(yaml) as Record<string, unknown>;
  const place = { Kind: 'Inventory', Bucket: 'arn:aws:s3:::inventories', Prefix: 'photos/daily/' };
  expect(checkTrigger('nightly', { ...place, Job }).definition.Job).toEqual(Job);
});

test('docs/automation.md names every variable', () => {
  const [, table = ''] = /### Variables\n(.*?)\n### /s.exec(PAGE) ?? [];
  const named = new Set(
    [...table.matchAll(/^\|(.*?)\|/gm)].flatMap(([row]) => row.match(/(?<=\{trigger\.)\w+/g) ?? []),
  );
  expect(named).toEqual(new Set(Object.values(SAMPLES).flatMap((sample) => Object.keys(sample))));
});
