import type { Outcome } from './outcome.ts';

/** The lines of all tables, in Markdown: one row a scenario. */
export function tablesOf(outcomes: readonly Outcome[]): string {
  return [timesTable(outcomes), moneyTable(outcomes), loadTable(outcomes)].join('\n\n');
}

function timesTable(outcomes: readonly Outcome[]): string {
  return markdown(
    outcomes.map(({ scenario, makespan, prepare, run, report, tail, waves, idle, beside }) => ({
      time: scenario.name,
      makespan: hours(makespan),
      prepare: hours(prepare),
      run: hours(run),
      report: hours(report),
      'after 99 %': hours(tail),
      waves: String(waves.waves),
      'between them': `${Math.round(waves.between)} s`,
      draining: `${Math.round(waves.draining)} s`,
      'no worker there': percent(idle),
      'worker, no task': percent(beside),
    })),
  );
}

function moneyTable(outcomes: readonly Outcome[]): string {
  return markdown(
    outcomes.map(({ scenario, bill, batchOperationsFee }) => ({
      cost: scenario.name,
      'Step Functions': dollars(bill.transitions),
      Lambda: dollars(bill.lambda),
      DynamoDB: dollars(bill.tables),
      S3: dollars(bill.s3),
      logs: dollars(bill.logs),
      'in all': dollars(bill.total),
      'for a million': dollars((bill.total * 1e6) / scenario.objects),
      'S3 Batch Operations': dollars(batchOperationsFee),
    })),
  );
}

function loadTable(outcomes: readonly Outcome[]): string {
  return markdown(
    outcomes.map((found) => ({
      'busiest second': found.scenario.name,
      'writes, hottest item': `${whole(found.hottestWrite.perSecond)} (${found.hottestWrite.name})`,
      'hottest block': whole(found.hottestBlock),
      'all blocks': whole(found.blocksWritten),
      'reads, hottest item': `${whole(found.hottestRead.perSecond)} (${found.hottestRead.name})`,
      'one sum of blocks': whole(found.blocksRead),
      'work bucket, PUT': whole(found.putsPerSecond),
      'work bucket, GET': whole(found.getsPerSecond),
      transitions: whole(found.transitionsPerSecond),
      'workers at once': whole(found.workersAtOnce),
      'new in 10 s': whole(found.environmentsInTen),
    })),
  );
}

function markdown(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ''))),
  ].join('\n');
}

/** h:mm:ss */
function hours(seconds: number): string {
  const all = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(all / 3_600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', amount < 0.1 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
