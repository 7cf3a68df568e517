import type { Cost, Estimate } from '../../core/estimate/estimate.ts';
import type { TaskCount } from '../estimate/count-tasks.ts';
import { formatCount, formatDuration, formatRate } from './format.ts';
import type { Message } from './message.ts';
import { listLines, tableLines } from './table.ts';

/** `drover estimate`: what a job takes; in JSON the API's `Estimate`, and how the number of tasks is known. */
export function estimateDetails(estimate: Estimate, count: TaskCount | undefined): Message {
  const text = [
    ...listLines(facts(estimate, count)),
    '',
    ...costLines(estimate),
    ...paragraph('May come on top:', estimate.Fees),
    ...paragraph('Could cost less:', estimate.Advice),
    ...paragraph(
      'Taken for granted:',
      estimate.Assumptions.map(({ Name, Meaning }) => `${Name}: ${Meaning}`),
    ),
    '',
    `Prices: ${estimate.Prices.Region}, ${estimate.Prices.AsOf} (${estimate.Prices.Source}).`,
  ].join('\n');
  return { text, json: { ...estimate, ...(count !== undefined && { TasksAreExact: count.exact }) } };
}

function facts({ Operation, JobId, Tasks, Bytes, RunTime, ...rest }: Estimate, count?: TaskCount): [string, string][] {
  const about = count?.exact === false ? 'about ' : '';
  const known = count === undefined ? '' : `, ${count.how}`;
  const [limit] = RunTime.Limits;
  return [
    ...(JobId === undefined ? [] : ([['Job', JobId]] as [string, string][])),
    ['Operation', Operation],
    ['Tasks', `${about}${formatCount(Tasks)}${known}`],
    ['Bytes', Bytes === undefined ? 'not known: --object-bytes says' : `${about}${formatBytes(Bytes)}`],
    [
      'Time',
      `${formatDuration(Math.max(1, RunTime.Seconds))} at ${formatRate(RunTime.TasksPerSecond)}, ${formatDuration(RunTime.PrepareSeconds)} before ` +
        `it to prepare and ${formatDuration(RunTime.ReportSeconds)} after it to report`,
    ],
    ['Workers', formatCount(RunTime.Workers)],
    ...(limit === undefined ? [] : ([['Limit', `${limit.Meaning} (${limit.Name})`]] as [string, string][])),
    ['Cost', `${dollars(rest.Costs.Total)}; ${ofS3(rest.S3BatchOperations)}`],
  ];
}

function ofS3(cost: Estimate['S3BatchOperations']): string {
  return cost.Offered ? `with S3 Batch Operations ${dollars(cost.USD)}` : cost.Reason;
}

/** Sums in the last column, their parts indented below them. */
function costLines({ Costs, S3BatchOperations: s3 }: Estimate): string[] {
  const columns = [
    { heading: 'COST', align: 'left' },
    { heading: 'QUANTITY', align: 'right' },
    { heading: 'USD', align: 'right' },
  ] as const;
  return tableLines(columns, [
    ...group('Drover', Costs.Drover),
    ...group('Requests of the objects', Costs.Requests),
    ['Together', '', amount(Costs.Total)],
    ...(s3.Offered ? group('S3 Batch Operations instead', s3) : []),
    ...(Costs.StoragePerMonth === undefined ? [] : group('Each month from then on', Costs.StoragePerMonth)),
  ]);
}

function group(name: string, { USD, Items }: Cost): string[][] {
  return [
    [name, '', amount(USD)],
    ...Items.map((item) => [`  ${item.What}`, quantity(item.Quantity), amount(item.USD)]),
  ];
}

function paragraph(heading: string, sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : ['', heading, ...sentences.map((sentence) => `  - ${sentence}`)];
}

/** Cents, and four places below a dollar. */
function amount(usd: number): string {
  if (usd > 0 && usd < 0.000_05) return '<0.0001';
  const places = usd !== 0 && usd < 1 ? 4 : 2;
  return usd.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

function dollars(usd: number): string {
  return usd > 0 && usd < 0.000_05 ? 'less than $0.0001' : `$${amount(usd)}`;
}

function quantity(count: number): string {
  return count < 100 ? Number(count.toPrecision(3)).toString() : formatCount(count);
}

/** In the units that storage is paid for: a GB is 10^9 bytes. */
function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1_000 ** unit).toPrecision(3))} ${units[unit]}`;
}
