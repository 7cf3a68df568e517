import { OPERATION_NAMES, type OperationName, S3_OPERATION_NAMES } from '../../core/job/operation-name.ts';
import { type Member, membersOf } from '../../core/operations/members.ts';
import type { Operation } from '../../core/operations/operation.ts';
import { refusalOf } from '../../core/operations/refusal.ts';
import { findOperation } from '../../core/operations/registry.ts';

/** What a block of docs/operations.md says: of one operation, or `overview` of all. */
export function operationBlock(block: string): string {
  if (block === 'overview') return overview();
  const name = OPERATION_NAMES.find((each) => each === block);
  if (name === undefined) throw new Error(`docs/operations.md has a block of ${block}, which is no operation`);
  const operation = findOperation(name);
  return operation === undefined ? `\`${name}\` ${refusalOf(name)}.` : aboutOperation(operation);
}

function overview(): string {
  const rows = OPERATION_NAMES.map((name) => {
    const operation = findOperation(name);
    const link = `[\`${name}\`](#${name.toLowerCase()})`;
    if (operation === undefined) return [link, 'Refused when the job is created.', origin(name), '', ''];
    const { summary, knowsUnchanged, batch } = operation;
    return [link, summary, origin(name), knowsUnchanged ? 'yes' : '', batch === undefined ? '' : 'yes'];
  });
  return table([['Operation', 'What it does', 'In S3', 'Knows what is unchanged', 'In batches'], ...rows]);
}

function origin(name: OperationName): string {
  return (S3_OPERATION_NAMES as readonly string[]).includes(name) ? 'yes' : 'no';
}

function aboutOperation(operation: Operation): string {
  const { name, summary, roleActions, examineActions = [], repetition, differences, knowsUnchanged, batch } = operation;
  const look = knowsUnchanged ? 'a dry run or `SkipUnchanged`' : 'a dry run';
  const besides = examineActions.length === 0 ? '' : `; for ${look} also ${listOf(examineActions)}`;
  return [
    wrapped(summary),
    membersText(name),
    wrapped(`**The job’s role** must be allowed ${listOf(roleActions)}${besides}.`),
    wrapped(`**Done twice:** ${repetition}`),
    ...(batch === undefined ? [] : [wrapped('**In batches:** one request can do many tasks, each with its own line.')]),
    ...(differences.length === 0
      ? []
      : [`**Other than in S3:**\n\n${differences.map((each) => wrapped(`- ${markdown(each)}`, '  ')).join('\n')}`]),
  ].join('\n\n');
}

function membersText(name: OperationName): string {
  const members = membersOf(name);
  if (members.length === 0) return 'It has no members.';
  if (name === 'Move') return 'Its members are those of [`S3PutObjectCopy`](#s3putobjectcopy), with `TargetKey`.';
  return members.map(memberLine).join('\n');
}

function memberLine(member: Member, _: number, all: readonly Member[]): string {
  const { name, owner, required, type, meaning, fillable } = member;
  const isAddition = owner === 'Drover' && all.some((other) => other.owner === 'S3');
  const notes = [...(required ? ['required'] : []), ...(isAddition ? ['Drover’s own'] : [])];
  const about = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const filled = fillable ? ' Can be [filled](#a-value-for-each-object) for each object.' : '';
  return wrapped(`- \`${name}\`${about}: ${meaning} Takes ${markdown(type)}.${filled}`, '  ');
}

function listOf(actions: readonly string[]): string {
  const spelled = actions.map((action) => `\`${action}\``);
  return [spelled.slice(0, -1).join(', '), ...spelled.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** Text as Markdown shows it: what could be emphasis is not. */
function markdown(text: string): string {
  return text.replaceAll(/[*_<]/g, '\\$&');
}

/** In lines of at most 120 characters, as the rest of the page. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + word.length >= 120) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Lined up, so that the source reads as well as what is made of it. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}
