import type { ManifestReader, Survey } from '../manifest/manifest-reader.ts';
import type { WorkStore } from '../stores/work-store.ts';
import { surveyKey } from './work-keys.ts';

/** What a job's manifest consists of, as it was found first; undefined while it was not looked at. */
async function readSurvey(work: WorkStore, jobId: string): Promise<Survey | undefined> {
  const found = await work.get(surveyKey(jobId));
  return found === undefined ? undefined : (JSON.parse(found.body.toString('utf8')) as Survey);
}

/** The survey of a job's manifest, taken now if there is none. Whoever writes first decides for all. */
export async function surveyOf(work: WorkStore, jobId: string, reader: ManifestReader): Promise<Survey> {
  const kept = await readSurvey(work, jobId);
  if (kept !== undefined) return kept;
  const survey = await reader.survey();
  if ((await work.putIfAbsent(surveyKey(jobId), JSON.stringify(survey))) === 'written') return survey;
  const winner = await readSurvey(work, jobId);
  if (winner === undefined) throw new Error(`the survey of job ${jobId} is there and cannot be read`);
  return winner;
}

/** The survey of a job that was prepared. */
export async function requireSurvey(work: WorkStore, jobId: string): Promise<Survey> {
  const survey = await readSurvey(work, jobId);
  if (survey === undefined) throw new Error(`job ${jobId} has no survey of its manifest`);
  return survey;
}
