import type { ReportLine } from '../output/report-line.ts';

/** Failed tasks of one error code. */
export interface FailureGroup {
  readonly ErrorCode: string;
  readonly Tasks: number;
  /** That of the first one. */
  readonly ResultMessage: string;
  /** The first few, as `bucket/key`, keys as the manifest spelled them. */
  readonly Objects: readonly string[];
}

/** Objects named for each code. */
const SAMPLE = 3;

/** Codes told apart: S3 has some dozens, but a function of a user's own may make one for each object. */
const MOST_CODES = 1_000;

/** What all further codes are counted under. */
const OTHERS = '(others)';

/** Failed lines of a report by error code, the most frequent first. Streams: memory goes with the codes, not the lines. */
export async function groupFailures(lines: AsyncIterable<ReportLine>): Promise<readonly FailureGroup[]> {
  const groups = new Map<string, { -readonly [Member in keyof FailureGroup]: FailureGroup[Member] }>();
  for await (const { json: columns } of lines) {
    const name = columns.ErrorCode === '' ? '(none)' : columns.ErrorCode;
    const code = groups.has(name) || groups.size < MOST_CODES ? name : OTHERS;
    const group = groups.get(code) ?? { ErrorCode: code, Tasks: 0, ResultMessage: columns.ResultMessage, Objects: [] };
    group.Tasks += 1;
    if (group.Objects.length < SAMPLE) group.Objects = [...group.Objects, `${columns.Bucket}/${columns.Key}`];
    groups.set(code, group);
  }
  return [...groups.values()].sort((a, b) => b.Tasks - a.Tasks || (a.ErrorCode < b.ErrorCode ? -1 : 1));
}
