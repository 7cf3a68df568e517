import { InvalidInput, type Problem, shown } from '../validation/invalid-input.ts';

/** What S3 Batch Operations or Drover's design has and this version cannot do. */
interface NotBuiltYet {
  /** The member, as a path of names. */
  readonly path: readonly string[];
  /** What is there instead. */
  readonly supported: string;
}

/** A look at each object would make of what is filtered out a task, which is reported and not counted as left out. */
const COLUMN_FILTERS = 'filters by what the manifest itself says of an object';

/** The one list: who builds something deletes its line. */
const NOT_BUILT_YET: readonly NotBuiltYet[] = [
  { path: ['Manifest', 'Drover', 'Filter', 'Head'], supported: COLUMN_FILTERS },
  { path: ['Manifest', 'Drover', 'Filter', 'Tags'], supported: COLUMN_FILTERS },
];

/**
 * Looks at a request as it came, before its shape is known to be right.
 *
 * @throws InvalidInput that names what this version does not do yet, and what it does.
 */
export function refuseNotBuiltYet(raw: unknown): void {
  const problems = NOT_BUILT_YET.flatMap((entry) => problemOf(entry, raw));
  if (problems.length > 0) throw new InvalidInput(problems);
}

function problemOf(entry: NotBuiltYet, raw: unknown): Problem[] {
  const found = valueAt(raw, entry.path);
  if (found === undefined) return [];
  const which = typeof found === 'string' && found !== '' ? `${JSON.stringify(shown(found))} ` : '';
  return [
    {
      path: entry.path.join('.'),
      says: `${which}is not supported by this version of Drover, which supports ${entry.supported}`,
    },
  ];
}

function valueAt(raw: unknown, path: readonly string[]): unknown {
  let at = raw;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}
