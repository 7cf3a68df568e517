import { RE2JS } from 're2js';

/**
 * Patterns of keys, by an engine whose time grows with the key's length and the pattern's size and never explodes (RE2).
 * A pattern that is large in spite of its few characters, by its repetitions, is refused.
 */

/** Instructions of a pattern at most: a key of 1,024 bytes then takes some milliseconds at worst. */
const MOST_INSTRUCTIONS = 1_000;

export type KeyPattern = (key: string) => boolean;

/** What is wrong with a pattern, to follow it. */
export interface PatternProblem {
  readonly problem: string;
}

/** A regular expression in RE2's syntax, found anywhere in the key. */
export function regexPattern(source: string): KeyPattern | PatternProblem {
  try {
    const pattern = RE2JS.compile(source, RE2JS.DOTALL);
    const size = pattern.programSize();
    if (size > MOST_INSTRUCTIONS) {
      return { problem: `is too large: it has ${size} instructions, more than ${MOST_INSTRUCTIONS}` };
    }
    return (key) => pattern.test(key);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `is no regular expression in RE2's syntax: ${why.slice(0, 100)}` };
  }
}

/** A glob that the whole key must match. */
export function globPattern(glob: string): KeyPattern | PatternProblem {
  const source = regexOfGlob(glob);
  return typeof source === 'string' ? regexPattern(`^(?:${source})$`) : source;
}

function regexOfGlob(glob: string): string | PatternProblem {
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    if (character === '*') {
      const any = glob.charAt(at + 1) === '*';
      source += any ? '.*' : '[^/]*';
      if (any) at += 1;
    } else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const set = /^\[(!|\^)?(\]?[^\]]*)\]/.exec(glob.slice(at));
      if (set === null) return { problem: `has a [ that no ] ends` };
      source += `[${set[1] === undefined ? '' : '^/'}${(set[2] ?? '').replace(/[\\[\]^&~]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else if (character === '{') {
      depth += 1;
      source += '(?:';
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      source += ')';
    } else if (character === ',' && depth > 0) source += '|';
    else if (character === '\\') {
      at += 1;
      if (at === glob.length) return { problem: 'ends in a backslash' };
      source += RE2JS.quote(glob.charAt(at));
    } else source += /[\ud800-\udfff]/.test(character) ? character : RE2JS.quote(character);
  }
  return depth === 0 ? source : { problem: 'has a { that no } ends' };
}
