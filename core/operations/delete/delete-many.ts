import { statusOfCode } from '../../s3/error-status.ts';
import {
  DELETE_OBJECTS_MAXIMUM,
  type DeleteAnswer,
  deleteAnswers,
  deleteObjectRequest,
  deleteObjectsRequest,
  fitsDeleteObjects,
  type Victim,
} from '../../s3/requests/delete-objects.ts';
import type { S3Answer, S3Refusal } from '../../s3/s3-data-client.ts';
import type { Clock } from '../../signed-http/clock.ts';
import { kindOf } from '../../signed-http/failure-kind.ts';
import { fullJitter } from '../../signed-http/patience.ts';
import type { TaskContext } from '../operation.ts';
import { allEnded } from './all-ended.ts';

/** What deleting needs. `clock` paces what is tried again. */
export interface DeleteTools extends Pick<TaskContext, 's3' | 'signal'> {
  readonly clock: Clock;
}

/** What became of one key or version: undefined when it is gone, deleted now or not there before. */
export type DeleteOutcome = S3Refusal | undefined;

/** A key that fails inside an answer is tried as long as a request that fails as a whole is (S3_PATIENCE). */
const PATIENCE = { attempts: 15, milliseconds: 120_000, baseDelay: 100, maxDelay: 10_000 };

/**
 * Deletes keys or versions of one bucket by as few requests as there can be: an outcome for each, in their order. One
 * that is named twice is deleted once.
 */
export async function deleteMany(
  bucket: string,
  victims: readonly Victim[],
  tools: DeleteTools,
): Promise<DeleteOutcome[]> {
  const unique = new Map(victims.map((victim) => [nameOf(victim), victim]));
  const deletion = new Deletion(bucket, tools);
  await deletion.run([...unique.values()]);
  return victims.map((victim) => deletion.outcomeOf(victim));
}

/** Deletes one key or version by a request of its own. */
export async function deleteOne(bucket: string, victim: Victim, { s3, signal }: DeleteTools): Promise<DeleteOutcome> {
  const reply = await s3.send(deleteObjectRequest({ bucket, ...victim }), signal);
  return reply.ok || isAbsent(reply) ? undefined : reply;
}

/** No two keys and versions have the same: where the version ends is told by its length. */
function nameOf({ key, versionId = '' }: Victim): string {
  return `${versionId.length}:${versionId}${key}`;
}

class Deletion {
  private readonly outcomes = new Map<string, DeleteOutcome>();

  constructor(
    private readonly bucket: string,
    private readonly tools: DeleteTools,
  ) {}

  async run(victims: readonly Victim[]): Promise<void> {
    const together = victims.filter(fitsDeleteObjects);
    const alone = victims.filter((victim) => !fitsDeleteObjects(victim));
    const batches = Array.from({ length: Math.ceil(together.length / DELETE_OBJECTS_MAXIMUM) }, (_, batch) =>
      together.slice(batch * DELETE_OBJECTS_MAXIMUM, (batch + 1) * DELETE_OBJECTS_MAXIMUM),
    );
    await allEnded([this.eachAlone(alone), ...batches.map((batch) => this.together(batch))]);
  }

  outcomeOf(victim: Victim): DeleteOutcome {
    const name = nameOf(victim);
    // Never a success that nobody has seen.
    if (!this.outcomes.has(name)) throw new Error(`nothing became of the deletion of ${victim.key}`);
    return this.outcomes.get(name);
  }

  /** One request for all; another for those whose failures may pass, until they do or the patience ends. */
  private async together(victims: readonly Victim[]): Promise<void> {
    const { s3, signal, clock } = this.tools;
    const until = clock.now() + PATIENCE.milliseconds;
    let left = victims;
    for (let attempt = 1; ; attempt++) {
      if (left.length === 1) return await this.eachAlone(left);
      const reply = await s3.send(deleteObjectsRequest(this.bucket, left), signal);
      if (!reply.ok) return await this.refused(left, reply);
      left = await this.read(reply, left);
      const delay = fullJitter(attempt, PATIENCE, clock);
      if (left.length === 0 || attempt >= PATIENCE.attempts || clock.now() + delay > until) return;
      await clock.sleep(delay, signal);
    }
  }

  /**
   * A refusal of the request as a whole may be for one key of it, or for the request itself, which not every store
   * knows: then each key has an answer of its own. What no request of the bucket would survive is each key's.
   */
  private async refused(victims: readonly Victim[], refusal: S3Refusal): Promise<void> {
    const kind = kindOf(refusal);
    const ofAll =
      refusal.httpStatus === 0 || refusal.code === 'NoSuchBucket' || kind === 'throttled' || kind === 'transient';
    if (!ofAll) return await this.eachAlone(victims);
    for (const victim of victims) this.outcomes.set(nameOf(victim), refusal);
  }

  /** Takes down what an answer says; those whose failure may pass are answered, those it says nothing of are asked alone. */
  private async read(reply: S3Answer, victims: readonly Victim[]): Promise<Victim[]> {
    const said = answersByName(reply.body);
    const again: Victim[] = [];
    const alone: Victim[] = [];
    for (const victim of victims) {
      const answer = said.get(nameOf(victim));
      // That a version cannot be one is told from its absence only by a request of its own.
      if (answer === undefined || answer.error?.code === 'NoSuchVersion') {
        alone.push(victim);
        continue;
      }
      const outcome = outcomeOf(answer, reply);
      this.outcomes.set(nameOf(victim), outcome);
      if (outcome !== undefined && mayPass(outcome)) again.push(victim);
    }
    await this.eachAlone(alone);
    return again;
  }

  private async eachAlone(victims: readonly Victim[]): Promise<void> {
    await allEnded(
      victims.map(async (victim) => {
        this.outcomes.set(nameOf(victim), await deleteOne(this.bucket, victim, this.tools));
      }),
    );
  }
}

/** What an answer that cannot be read says of the keys: nothing. */
function answersByName(document: string): ReadonlyMap<string, DeleteAnswer> {
  try {
    return new Map(deleteAnswers(document).map((answer) => [nameOf(answer), answer]));
  } catch {
    return new Map();
  }
}

function outcomeOf({ error }: DeleteAnswer, { headers }: S3Answer): DeleteOutcome {
  if (error === undefined || isAbsent(error)) return undefined;
  return {
    ok: false,
    httpStatus: statusOfCode(error.code),
    code: error.code,
    message: error.message || error.code,
    requestId: headers['x-amz-request-id'] ?? '',
    extendedRequestId: headers['x-amz-id-2'] ?? '',
    headers,
  };
}

/** S3 says of what is not there that it is deleted; other stores say that it is not there. */
function isAbsent({ code }: { readonly code: string }): boolean {
  return code === 'NoSuchKey' || code === 'NoSuchVersion';
}

function mayPass(refusal: S3Refusal): boolean {
  const kind = kindOf(refusal);
  return kind === 'throttled' || kind === 'transient';
}
