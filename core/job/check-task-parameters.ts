import { GENERATED_COLUMNS } from '../manifest/generator/generated-columns.ts';
import type { Operation } from '../operations/operation.ts';
import { hasTaskParameters, TASK_PARAMETERS } from '../operations/task-parameters/asked.ts';
import { columnsLacking, placeholderTextsOf } from '../operations/task-parameters/columns-asked.ts';
import { type FoundText, hasPlaceholder, takesTaskTexts } from '../operations/task-parameters/task-text.ts';
import { parseTemplate } from '../operations/task-parameters/template.ts';
import { type Problem, pathOf, shown } from '../validation/invalid-input.ts';
import { knownColumns } from './check-manifest.ts';
import { TABLE_FORMATS } from './drover-manifest.ts';
import type { JobRequest } from './request.ts';

/** What is wrong with the placeholders of a request that can be known without reading its manifest. */
export function taskParameterProblems(request: JobRequest, { name, schema }: Operation): Problem[] {
  const texts = placeholderTextsOf(request);
  if (!hasTaskParameters(request)) return texts.flatMap(literalProblems);
  if (!takesTaskTexts(schema)) {
    return [{ path: TASK_PARAMETERS, says: `is not supported with ${name}, which has no value that tasks could fill` }];
  }
  const problems = [...texts.flatMap(templateProblems), ...strayProblems(request, texts)];
  if (problems.length > 0) return problems;
  if (!texts.some(hasHoles)) {
    const says = `is true, but no value of the operation names anything, like \${Owner}. In a shell, such values need single quotes`;
    return [{ path: TASK_PARAMETERS, says }];
  }
  return columnProblems(request);
}

/** Text of a job without task parameters: `${` in it is nothing but text. */
function literalProblems({ path, text, literal }: FoundText): Problem[] {
  const message = literal.safeParse(text).error?.issues[0]?.message;
  if (message === undefined) return [];
  const says = `${message}, not ${JSON.stringify(shown(text))}; with ${TASK_PARAMETERS} true, \${…} is filled from the manifest`;
  return [{ path: pathOf(path), says }];
}

function templateProblems({ path, text, filled }: FoundText): Problem[] {
  const template = parseTemplate(text);
  if ('problem' in template) return [{ path: pathOf(path), says: template.problem }];
  const { pieces } = template;
  if (pieces.some((piece) => piece.is !== 'text')) return [];
  const whole = pieces.map((piece) => (piece.is === 'text' ? piece.text : '')).join('');
  const message = filled.safeParse(whole).error?.issues[0]?.message;
  return message === undefined ? [] : [{ path: pathOf(path), says: message }];
}

/** Placeholders where none are filled would end up in names of objects, and nobody would know. */
function strayProblems({ Operation: operation }: JobRequest, texts: readonly FoundText[]): Problem[] {
  const known = new Set(texts.map(({ path }) => pathOf(path)));
  return placesOf(operation, ['Operation'])
    .map((path) => pathOf(path))
    .filter((path) => !known.has(path))
    .map((path) => ({ path, says: `has a \${, but is the same for all tasks: no placeholders are filled there` }));
}

/** Where a structure has such text, names of entries included. */
function placesOf(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (typeof value === 'string') return hasPlaceholder(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = [...path, Array.isArray(value) ? Number(name) : name];
    return hasPlaceholder(name) ? [inner] : placesOf(member, inner);
  });
}

function hasHoles({ text }: FoundText): boolean {
  const template = parseTemplate(text);
  return 'pieces' in template && template.pieces.some(({ is }) => is !== 'text');
}

function columnProblems(request: JobRequest): Problem[] {
  const known = columnsOf(request);
  // Without any, what is wrong is the manifest.
  if (known === undefined || known.length === 0) return [];
  const there = known.filter((column) => column !== 'Ignore').join(', ');
  return columnsLacking(request, known).map(({ path, column }) => ({
    path,
    says: `names the column ${column}, which the manifest lacks: it has ${there}${adviceFor(request)}`,
  }));
}

/** The columns of a request's lines; undefined where only the manifest tells. */
function columnsOf({ Manifest: manifest, ManifestGenerator: generator }: JobRequest): readonly string[] | undefined {
  if (generator !== undefined) return GENERATED_COLUMNS;
  // Of a table any column can be named, by the name that it has there.
  if (manifest === undefined || TABLE_FORMATS.includes(manifest.Drover?.Format ?? '')) return undefined;
  return knownColumns(manifest);
}

function adviceFor({ Manifest: manifest }: JobRequest): string {
  const isUnnamed = manifest?.Spec?.Fields?.includes('Ignore') === true && manifest.Drover?.ColumnNames === undefined;
  return isUnnamed ? '. Manifest.Drover.ColumnNames gives names to columns that Fields ignores' : '';
}
