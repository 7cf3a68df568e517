import type { Task } from '../operation.ts';

/**
 * A template of keys: text with `${key}`, `${bucket}`, `${versionId}`, `${key:name}` (what follows the last slash) and
 * `${key:strip(prefix/)}` (the key without a prefix that it must have) in it. `$${` stands for `${`; a dollar sign
 * that no brace follows stands for itself.
 */
export interface TargetKeyTemplate {
  readonly pieces: readonly Piece[];
}

type Piece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'key' | 'bucket' | 'versionId' | 'name' }
  | { readonly is: 'strip'; readonly prefix: string };

/** Why there is no template or no key, to follow "TargetKey" or to stand by itself. */
export interface TargetKeyProblem {
  readonly problem: string;
}

const CHOICE = ['key', 'key:strip(prefix/)', 'key:name', 'bucket', 'versionId'].map((name) => `\${${name}}`).join(', ');
const STRIP = 'key:strip(';
const PLAIN_NAMES: ReadonlyMap<string, Piece> = new Map([
  ['key', { is: 'key' }],
  ['bucket', { is: 'bucket' }],
  ['versionId', { is: 'versionId' }],
  ['key:name', { is: 'name' }],
]);

/** Reads a template in one pass from left to right. */
export function parseTargetKey(template: string): TargetKeyTemplate | TargetKeyProblem {
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

function parsePlaceholder(
  template: string,
  start: number,
): { readonly piece: Piece; readonly end: number } | TargetKeyProblem {
  const begin = start + 2;
  const isStrip = template.startsWith(STRIP, begin);
  // A prefix may have braces in it, and parentheses, but not the two that end it.
  const closing = isStrip ? ')}' : '}';
  const end = template.indexOf(closing, begin);
  const where = `at character ${start + 1}`;
  if (end < 0) return { problem: `has a \${ ${where} that no ${closing} ends; write $\${ for the two characters` };
  const after = end + closing.length;
  if (isStrip) {
    const prefix = template.slice(begin + STRIP.length, end);
    if (prefix === '') return { problem: `has a strip() ${where} that names no prefix` };
    return { piece: { is: 'strip', prefix }, end: after };
  }
  const name = template.slice(begin, end);
  const piece = PLAIN_NAMES.get(name);
  if (piece === undefined) return { problem: `has \${${name.slice(0, 40)}} ${where}: there are ${CHOICE}` };
  return { piece, end: after };
}

/** Whether the template needs to know the object's version. */
export function needsVersion({ pieces }: TargetKeyTemplate): boolean {
  return pieces.some(({ is }) => is === 'versionId');
}

/** The key that the template makes of a task's object. */
export function expandTargetKey(
  { pieces }: TargetKeyTemplate,
  task: Pick<Task, 'bucket' | 'key' | 'versionId'>,
): string | TargetKeyProblem {
  let key = '';
  for (const piece of pieces) {
    const part = expand(piece, task);
    if (typeof part !== 'string') return part;
    key += part;
  }
  return key === '' ? { problem: 'TargetKey makes an empty key of this one' } : key;
}

function expand(piece: Piece, { bucket, key, versionId }: Pick<Task, 'bucket' | 'key' | 'versionId'>) {
  switch (piece.is) {
    case 'text':
      return piece.text;
    case 'key':
      return key;
    case 'bucket':
      return bucket;
    case 'versionId':
      return versionId ?? { problem: 'TargetKey wants the version, but the manifest names none of this object' };
    case 'name':
      return key.slice(key.lastIndexOf('/') + 1);
    case 'strip':
      if (key.startsWith(piece.prefix)) return key.slice(piece.prefix.length);
      return { problem: `The key does not begin with ${JSON.stringify(piece.prefix)}, which TargetKey strips` };
  }
}
