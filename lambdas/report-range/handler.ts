import { reportItem } from '../../core/engine/report-range.ts';
import { engineDependencies } from '../runtime/engine.ts';
import { reportOpener } from '../runtime/job-access.ts';
import { parseItem } from '../runtime/turn-events.ts';

/** A block of the report, for a child of ReportJob's Map. */
export async function handler(event: unknown): Promise<void> {
  const engine = engineDependencies();
  await reportItem({ ...engine, openReport: reportOpener(engine.jobs) }, parseItem(event));
}
