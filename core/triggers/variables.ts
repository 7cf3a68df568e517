import type { TriggerKind } from './definition.ts';

/** The variables of a trigger's job: `${trigger.key}`, by their names behind the dot. */
export type Variables = Readonly<Record<string, string>>;

/** What each kind has, and what it might be: a job is checked with these before the trigger ever fires. */
export const SAMPLES: Readonly<Record<TriggerKind, Variables>> = {
  Inventory: {
    name: 'nightly',
    date: '2026-01-31',
    time: '03-04',
    bucket: 'amzn-s3-demo-inventory',
    key: 'inventory/amzn-s3-demo-bucket/daily/2026-01-31T01-00Z/manifest.json',
    reportDate: '2026-01-31',
    reportTime: '2026-01-31T01-00Z',
    sourceBucket: 'amzn-s3-demo-bucket',
    configuration: 'daily',
  },
  Object: {
    name: 'dropped',
    date: '2026-01-31',
    time: '03-04',
    bucket: 'amzn-s3-demo-bucket',
    key: 'incoming/list.csv',
    fileName: 'list.csv',
  },
  Schedule: { name: 'weekly', date: '2026-01-31', time: '03-04' },
};

/** A variable, or `$` before one: then it is no variable. A task's own `${key}` is none of the trigger's. */
const VARIABLE = /\$?\$\{trigger\.([^}]*)\}/g;

/** The text with its variables filled in. `$${trigger.key}` stands for `${trigger.key}`. */
function fillText(text: string, variables: Variables): string {
  return text.replace(VARIABLE, (whole, name: string) =>
    whole.startsWith('$$') ? whole.slice(1) : (variables[name] ?? whole),
  );
}

/** The names of variables in a text that are not among those given. */
export function unknownVariables(text: string, variables: Variables): string[] {
  return [...text.matchAll(VARIABLE)]
    .filter(([whole, name = '']) => !whole.startsWith('$$') && !Object.hasOwn(variables, name))
    .map(([, name = '']) => name);
}

/** Whether a text has any variable. */
export function hasVariable(text: string): boolean {
  return [...text.matchAll(VARIABLE)].some(([whole]) => !whole.startsWith('$$'));
}

/** Each text in a value, with the path to it. */
export function* textsIn(value: unknown, path = ''): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, each] of value.entries()) yield* textsIn(each, `${path}[${index}]`);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) yield* textsIn(each, path === '' ? name : `${path}.${name}`);
  }
}

/** The value with each text in it filled in; names of members stay as they are. */
export function fillIn(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return fillText(value, variables);
  if (Array.isArray(value)) return value.map((each) => fillIn(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fillIn(each, variables)]));
}
