import type { Manifest } from '../../../core/job/request.ts';
import { readCsvRecord } from '../../../core/manifest/csv-record.ts';
import { rowFilterOf } from '../../../core/manifest/filter/row-filter.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import { openManifest } from '../../../core/manifest/open-manifest.ts';
import { readTaskLine, type TaskLine } from '../../../core/manifest/task-line.ts';
import type { ManifestFiles } from '../../../core/stores/manifest-source.ts';

export const CREATED_AT = '2026-03-01T00:00:00.000Z';

/** Everything that a manifest names, read as PrepareJob reads it; what is wrong with a line stands in its place. */
export async function tasksOf(
  files: ManifestFiles,
  manifest: Manifest,
  { needed = [], chunkBytes }: { readonly needed?: readonly string[]; readonly chunkBytes?: number } = {},
): Promise<(TaskLine | string)[]> {
  const reader = openManifest(files, manifest, needed, chunkBytes);
  const survey = JSON.parse(JSON.stringify(await reader.survey())) as Awaited<ReturnType<typeof reader.survey>>;
  const columns = new LineColumns(survey.form);
  const wants = rowFilterOf(manifest.Drover ?? {}, survey.form, CREATED_AT);
  const tasks: (TaskLine | string)[] = [];
  for (const chunk of survey.chunks) {
    await reader.readLines(chunk, (line, problem) => {
      const task = problem ?? readTaskLine(line.toString(), columns);
      const wanted = typeof task === 'string' ? true : (wants?.(readCsvRecord(line.toString()) ?? [], task) ?? true);
      if (wanted !== false) tasks.push(typeof wanted === 'string' ? wanted : task);
      return true;
    });
  }
  return tasks;
}

/** The keys of tasks, in order; a problem as it is. */
export const keysOf = (tasks: readonly (TaskLine | string)[]): string[] =>
  tasks.map((task) => (typeof task === 'string' ? task : task.key));
