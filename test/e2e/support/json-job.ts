import { ACCOUNT, type LocalCloud } from './local-cloud.ts';

/** Requests are told apart by the service that they are signed for; the local cloud does not look at the signature. */
const HEADERS = {
  authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-account-id': ACCOUNT,
  accept: 'application/json',
};

/** Creates a job by JSON, which carries what S3's model has no place for. */
export async function createJsonJob(cloud: LocalCloud, request: object): Promise<string> {
  const answer = await fetch(`${cloud.endpoint}/v20180820/jobs`, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`CreateJob was answered ${answer.status}: ${body}`);
  return (JSON.parse(body) as { readonly JobId: string }).JobId;
}

/** A job as JSON shows it. */
export async function describeJsonJob(cloud: LocalCloud, jobId: string): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${cloud.endpoint}/v20180820/jobs/${jobId}`, { headers: HEADERS });
  return ((await answer.json()) as { readonly Job: Readonly<Record<string, unknown>> }).Job;
}

/** The texts of a job's log, oldest first. */
export async function jobLog(cloud: LocalCloud, jobId: string): Promise<string[]> {
  const answer = await fetch(`${cloud.endpoint}/v20180820/jobs/${jobId}/events`, { headers: HEADERS });
  const { Events } = (await answer.json()) as { readonly Events: readonly { readonly Text: string }[] };
  return Events.map(({ Text }) => Text);
}
