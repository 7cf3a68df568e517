import type { Member } from '../../core/operations/members.ts';
import type { Operation } from '../../core/operations/operation.ts';
import { flagNameOf } from '../jobs/operation-names.ts';
import { hint, type Message } from './message.ts';
import { listLines, tableLines } from './table.ts';

/** `drover operations`: a line for each. */
export function operationTable(operations: readonly Operation[]): Message[] {
  const columns = [
    { heading: 'OPERATION', align: 'left' },
    { heading: 'WHAT IT DOES', align: 'left' },
  ] as const;
  const [heading = '', ...lines] = tableLines(
    columns,
    operations.map((operation) => [flagNameOf(operation.name), operation.summary]),
  );
  return [
    hint(heading),
    ...operations.map(({ name, summary }, index) => ({
      text: lines[index] ?? '',
      json: { Name: name, Summary: summary },
    })),
  ];
}

/** `drover operations NAME`: what there is to know, for somebody about to create a job. */
export function operationDetails(operation: Operation, members: readonly Member[]): Message {
  const { name, summary, roleActions, examineActions = [], repetition, differences, knowsUnchanged } = operation;
  const facts = [
    ['Role', `must be allowed ${roleActions.join(', ')}`],
    ...(examineActions.length === 0
      ? []
      : [['Look', `--dry-run and --skip-unchanged need ${examineActions.join(', ')}`]]),
    ['Twice', repetition],
    ['Skips', `--skip-unchanged is ${knowsUnchanged ? '' : 'not '}supported`],
    ...differences.map((difference) => ['S3', difference]),
  ] as [string, string][];
  return {
    text: [`${name}: ${summary}`, '', ...memberLines(members), '', ...listLines(facts)].join('\n'),
    json: {
      Name: name,
      Summary: summary,
      Members: members.map((member) => ({
        Name: member.name,
        Required: member.required,
        Type: member.type,
        Meaning: member.meaning,
        TaskParameters: member.fillable,
      })),
      RoleActions: roleActions,
      ExamineActions: examineActions,
      Repetition: repetition,
      KnowsUnchanged: knowsUnchanged,
      Differences: differences,
    },
  };
}

/** Each member's name and meaning, and below them what it takes. */
function memberLines(members: readonly Member[]): string[] {
  if (members.length === 0) return ['It has no members.'];
  return members.flatMap(({ name, required, meaning, type, fillable }) => [
    `  ${name}${required ? ' (required)' : ''}: ${meaning.replaceAll(/\[(.*?)\]\(.*?\)/g, '$1')}`,
    `      ${type}${fillable ? `; with --task-parameters also \${column}` : ''}`,
  ]);
}
