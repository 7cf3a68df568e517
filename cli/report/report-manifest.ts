import { z } from 'zod';
import { CommandError } from '../errors.ts';

/** The report's manifest.json, as far as it is read here. It is written last: where it is, the report is whole. */
const reportManifest = z.object({
  Results: z.array(
    z.object({
      TaskExecutionStatus: z.enum(['succeeded', 'failed']),
      Bucket: z.string(),
      Key: z.string(),
      /** Hex MD5 of the file. */
      MD5Checksum: z.string(),
    }),
  ),
});

export type ReportFile = z.infer<typeof reportManifest>['Results'][number];

/** The report's files. Throws a CommandError when the document is not a report's. */
export function parseReportManifest(text: string, place: string): readonly ReportFile[] {
  try {
    return reportManifest.parse(JSON.parse(text)).Results;
  } catch (error) {
    throw new CommandError(`${place} is not the manifest.json of a completion report.`, 'BadReport', { cause: error });
  }
}
