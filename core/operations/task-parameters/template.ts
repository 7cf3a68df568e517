import type { Task } from '../operation.ts';

/**
 * A text with places that each task fills: `${key}`, `${bucket}`, `${versionId}`, `${key:name}` (what follows the last
 * slash), `${key:strip(prefix/)}` (the key without a prefix that it must have), and `${Owner}`, a column of the manifest.
 * `${Owner:default(nobody)}` says what stands in for a column, or a version, with nothing in it. `$${` stands for `${`; a
 * dollar sign that no brace follows stands for itself.
 */
export interface Template {
  readonly pieces: readonly Piece[];
}

export type Piece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'key' | 'bucket' | 'name' }
  | { readonly is: 'strip'; readonly prefix: string }
  | { readonly is: 'versionId'; readonly otherwise?: string }
  | {
      readonly is: 'column';
      readonly column: string;
      readonly otherwise?: string;
      /** Of its dollar sign, from 0. */
      readonly at: number;
    };

/** Why there is no template or no text, to follow the name of what wants it or to stand by itself. */
export interface TemplateProblem {
  readonly problem: string;
}

/** What templates know of each object. */
export const OF_THE_OBJECT: readonly string[] = ['key', 'key:strip(prefix/)', 'key:name', 'bucket', 'versionId'];

const STRIP = 'key:strip(';
const DEFAULT = ':default(';
const PLAIN_NAMES: ReadonlyMap<string, Piece> = new Map([
  ['key', { is: 'key' }],
  ['bucket', { is: 'bucket' }],
  ['versionId', { is: 'versionId' }],
  ['key:name', { is: 'name' }],
]);

/** Reads a template in one pass from left to right. */
export function parseTemplate(template: string): Template | TemplateProblem {
  const pieces: Piece[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    if (template.startsWith('$${', at)) {
      text += '${';
      at += 3;
    } else if (template.startsWith('${', at)) {
      const found = parsePlaceholder(template, at);
      if ('problem' in found) return found;
      if (text !== '') pieces.push({ is: 'text', text });
      text = '';
      pieces.push(found.piece);
      at = found.end;
    } else {
      text += template[at];
      at += 1;
    }
  }
  if (text !== '') pieces.push({ is: 'text', text });
  return { pieces };
}

/** A text as a template that stands for just it. */
export function escapeTemplate(text: string): string {
  return text.replaceAll('${', () => '$${');
}

function parsePlaceholder(
  template: string,
  start: number,
): { readonly piece: Piece; readonly end: number } | TemplateProblem {
  const begin = start + 2;
  if (template.startsWith(STRIP, begin)) {
    const found = argumentOf(template, start, begin + STRIP.length);
    if ('problem' in found) return found;
    if (found.argument === '') return { problem: `has a strip() ${whereOf(start)} that names no prefix` };
    return { piece: { is: 'strip', prefix: found.argument }, end: found.end };
  }
  const brace = template.indexOf('}', begin);
  const given = template.indexOf(DEFAULT, begin);
  if (given >= 0 && given < brace) {
    const found = argumentOf(template, start, given + DEFAULT.length);
    if ('problem' in found) return found;
    return withDefault(pieceOf(template.slice(begin, given), start), found, start);
  }
  if (brace < 0) return unended(start, '}');
  const piece = pieceOf(template.slice(begin, brace), start);
  return 'problem' in piece ? piece : { piece, end: brace + 1 };
}

/** What stands in the parentheses: a prefix or a default may have braces in it, and parentheses, but not the two that end it. */
function argumentOf(
  template: string,
  start: number,
  begin: number,
): { readonly argument: string; readonly end: number } | TemplateProblem {
  const end = template.indexOf(')}', begin);
  return end < 0 ? unended(start, ')}') : { argument: template.slice(begin, end), end: end + 2 };
}

function pieceOf(name: string, at: number): Piece | TemplateProblem {
  const known = PLAIN_NAMES.get(name);
  if (known !== undefined) return known;
  if (name !== '' && !name.startsWith('key:')) return { is: 'column', column: name, at };
  return { problem: `has \${${name.slice(0, 40)}} ${whereOf(at)}: there are ${namesOf(OF_THE_OBJECT)}` };
}

function withDefault(
  piece: Piece | TemplateProblem,
  { argument, end }: { readonly argument: string; readonly end: number },
  start: number,
): { readonly piece: Piece; readonly end: number } | TemplateProblem {
  if ('problem' in piece) return piece;
  if (piece.is === 'column' || piece.is === 'versionId') return { piece: { ...piece, otherwise: argument }, end };
  return { problem: `has a default() ${whereOf(start)} for what is never empty` };
}

function unended(start: number, closing: string): TemplateProblem {
  return { problem: `has a \${ ${whereOf(start)} that no ${closing} ends; write $\${ for the two characters` };
}

/** Where a placeholder is, for people. */
export function whereOf(at: number): string {
  return `at character ${at + 1}`;
}

/** Placeholders as they are written. */
export function namesOf(names: readonly string[]): string {
  return names.map((name) => `\${${name}}`).join(', ');
}

/** Whether the template needs to know the object's version. */
export function needsVersion({ pieces }: Template): boolean {
  return pieces.some((piece) => piece.is === 'versionId' && piece.otherwise === undefined);
}

/** Columns of the manifest that the template names. */
export function columnsIn({ pieces }: Template): readonly string[] {
  return pieces.flatMap((piece) => (piece.is === 'column' ? [piece.column] : []));
}

/** What a template may be filled with. */
export interface TemplateSource {
  readonly task: Pick<Task, 'bucket' | 'key' | 'versionId'>;
  /** What a column has for this task. */
  readonly columnOf: (column: string) => string | undefined;
}

/**
 * The text that the template makes for a task.
 * @param name of what wants it, for problems.
 */
export function expandTemplate({ pieces }: Template, source: TemplateSource, name: string): string | TemplateProblem {
  let text = '';
  for (const piece of pieces) {
    const part = expand(piece, source, name);
    if (typeof part !== 'string') return part;
    text += part;
  }
  return text;
}

function expand(piece: Piece, { task, columnOf }: TemplateSource, wants: string): string | TemplateProblem {
  switch (piece.is) {
    case 'text':
      return piece.text;
    case 'key':
      return task.key;
    case 'bucket':
      return task.bucket;
    case 'versionId':
      if (task.versionId !== undefined) return task.versionId;
      return piece.otherwise ?? { problem: `${wants} wants the version, but the manifest names none of this object` };
    case 'name':
      return task.key.slice(task.key.lastIndexOf('/') + 1);
    case 'strip':
      if (task.key.startsWith(piece.prefix)) return task.key.slice(piece.prefix.length);
      return { problem: `The key does not begin with ${JSON.stringify(piece.prefix)}, which ${wants} strips` };
    case 'column': {
      const value = columnOf(piece.column) ?? '';
      if (value !== '') return value;
      return piece.otherwise ?? { problem: `${wants} wants the column ${piece.column}, which is empty in this line` };
    }
  }
}
