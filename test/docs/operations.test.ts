import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkJobRequest } from '../../core/job/check-request.ts';
import { OPERATION_NAMES } from '../../core/job/operation-name.ts';
import { findOperation, OPERATIONS } from '../../core/operations/registry.ts';
import { blockNames, withBlocks } from '../../docs/generate/marked-text.ts';
import { operationBlock } from '../../docs/generate/operation-block.ts';
import { TAGGING_REQUEST } from '../core/api/fixtures.ts';

const PAGE = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The part of the page under a heading. */
function section(heading: string): string {
  const found = PAGE.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`));
  if (found === undefined) throw new Error(`docs/operations.md has no section ${heading}`);
  return found;
}

describe('docs/operations.md', () => {
  test('says what the registry says: `npm run docs` writes it', () => {
    expect(PAGE).toBe(withBlocks(PAGE, operationBlock));
  });

  test('has a block of every operation, under its own heading', () => {
    expect(blockNames(PAGE).sort()).toEqual(['overview', ...OPERATION_NAMES].sort());
    for (const name of OPERATION_NAMES) expect(blockNames(section(name))).toEqual([name]);
  });

  test('says why what is refused is refused', () => {
    for (const name of OPERATION_NAMES.filter((each) => findOperation(each) === undefined)) {
      expect(section(name)).toMatch(/is not supported/);
    }
    expect(section('S3ReplicateObject')).toContain('only S3 itself can replicate existing objects');
  });

  test.each(OPERATIONS.map(({ name }) => name))('gives an example of %s that CreateJob takes', (name) => {
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(section(name)) ?? [];
    const example = parse(yaml) as object;
    expect(example).toHaveProperty('Operation');
    expect(checkJobRequest({ ...TAGGING_REQUEST, ...example })).toMatchObject(example);
  });

  test.each(OPERATIONS.map(({ name }) => name))('tells of failed tasks of %s', (name) => {
    expect(section(name)).toContain('Lines of failed tasks:');
  });

  test('has examples of the options of any job that CreateJob takes', () => {
    const options = [...PAGE.matchAll(/```yaml\n(Drover:.*?)```/gs)].map(([, yaml = '']) => parse(yaml) as object);
    expect(options).toHaveLength(3);
    for (const each of options) expect(checkJobRequest({ ...TAGGING_REQUEST, ...each })).toMatchObject(each);
  });

  test('has the actions of MergeTags in its example of a role', () => {
    const [, policy = ''] = /```json\n(.*?)```/s.exec(section('A role for a job')) ?? [];
    const { Statement } = JSON.parse(policy) as { Statement: { Action: unknown }[] };
    expect(Statement[0]?.Action).toEqual(findOperation('MergeTags')?.roleActions);
  });

  test('links to headings that there are', () => {
    const anchors = [...PAGE.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => anchorOf(text));
    for (const [, anchor] of PAGE.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor);
  });
});

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
