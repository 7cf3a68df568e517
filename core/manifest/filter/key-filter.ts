import type { ManifestFilter } from '../../job/manifest-filter.ts';
import type { Problem } from '../../validation/invalid-input.ts';
import { globPattern, type KeyPattern, type PatternProblem, regexPattern } from './key-pattern.ts';
import type { RowFilter } from './row-predicate.ts';

type KeyConstraint = NonNullable<ManifestFilter['KeyNameConstraint']>;

/** How the members of KeyNameConstraint are read. */
const KINDS: Readonly<Record<keyof KeyConstraint, (text: string) => KeyPattern | PatternProblem>> = {
  MatchAnyPrefix: (text) => (key) => key.startsWith(text),
  MatchAnySuffix: (text) => (key) => key.endsWith(text),
  MatchAnySubstring: (text) => (key) => key.includes(text),
  MatchAnyGlob: globPattern,
  MatchAnyRegex: regexPattern,
};

/** By the key, decoded: one text of each list that is there must match. */
export function keyFilter(constraint: KeyConstraint): RowFilter {
  const lists = membersOf(constraint).map(([name, texts]) =>
    texts.map(KINDS[name]).filter((each) => !('problem' in each)),
  );
  return (_, { key }) => lists.every((patterns) => patterns.some((matches) => (matches as KeyPattern)(key)));
}

/** What is wrong with the patterns of a constraint. */
export function patternProblems(constraint: KeyConstraint | undefined, path: string): Problem[] {
  return membersOf(constraint ?? {}).flatMap(([name, texts]) =>
    texts.flatMap((text, index) => {
      const pattern = KINDS[name](text);
      return 'problem' in pattern ? [{ path: `${path}.${name}[${index}]`, says: pattern.problem }] : [];
    }),
  );
}

function membersOf(constraint: KeyConstraint): [keyof KeyConstraint, readonly string[]][] {
  return Object.entries(constraint).filter(([, texts]) => texts !== undefined) as [keyof KeyConstraint, string[]][];
}
