import { expect, test } from '@jest/globals';
import { IndexLag } from '../../../local/dynamodb/index-lag.ts';

const item = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' }, listPk: { S: 'JOB' } });
const answer = { Items: [item('old'), item('new')], Count: 2, ScannedCount: 2 };

test('an index that lags shows new items late, and old ones always', () => {
  let now = 0;
  let milliseconds = 500;
  const faults = { anyLag: true, lagOf: (index: string) => (index === 'ListJobs' ? milliseconds : 0) };
  const lag = new IndexLag(faults, () => now);
  const keys = ({ Items }: Record<string, unknown>): string[] =>
    (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S);
  const shown = (table = 'Jobs', index = 'ListJobs'): string[] => keys(lag.shown(table, index, ['pk', 'sk'], answer));
  lag.written('Jobs', { sk: { S: 's' }, pk: { S: 'new' } });
  expect(shown()).toEqual(['old']);
  expect(lag.shown('Jobs', 'ListJobs', ['pk', 'sk'], answer)).toMatchObject({ Count: 1 });
  expect([shown('Other'), shown('Jobs', 'Another')]).toEqual([
    ['old', 'new'],
    ['old', 'new'],
  ]);
  now = 499;
  expect(shown()).toEqual(['old']);
  now = 500;
  expect(shown()).toEqual(['old', 'new']);
  milliseconds = 501;
  expect(shown()).toEqual(['old']);
});
