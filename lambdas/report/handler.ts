import { reportTurn } from '../../core/engine/report-turn.ts';
import type { TurnOutput } from '../../core/engine/turn.ts';
import { engineDependencies } from '../runtime/engine.ts';
import { reportOpener } from '../runtime/job-access.ts';
import { parseTurn } from '../runtime/turn-events.ts';

/** A turn of ReportJob. */
export async function handler(event: unknown): Promise<TurnOutput> {
  const engine = engineDependencies();
  return await reportTurn({ ...engine, openReport: reportOpener(engine.jobs) }, parseTurn(event));
}
