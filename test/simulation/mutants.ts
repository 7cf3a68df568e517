import type { Patch } from './build.ts';

/** One deliberate break of the engine. */
export interface Mutant {
  readonly name: string;
  /** What the engine then does. */
  readonly does: string;
  readonly patches: readonly Patch[];
}

const WORKER = 'core/engine/worker.ts';
const SETTLE = 'core/engine/settle.ts';
const PART_FILE = 'core/engine/part-file.ts';
const RUN = 'core/engine/run-turn.ts';
const REPORT = 'core/engine/report-turn.ts';

/** Each is one mistake that is easily made, in the engine's own source as it is loaded: where that changes, so must these. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'drop-the-seal',
    does: 'the report settles the blocks and leaves them open',
    patches: [{ file: SETTLE, find: 'await deps.progress.seal(jobId, block.number);', put: '' }],
  },
  {
    name: 'seal-before-settling',
    does: 'results that wait to be counted find their block sealed',
    patches: [
      {
        file: SETTLE,
        find: 'const codes = new KnownCodes(block.failures, plan.shards);',
        put: 'await deps.progress.seal(jobId, block.number); const codes = new KnownCodes(block.failures, plan.shards);',
      },
    ],
  },
  {
    name: 'skip-the-settling',
    does: 'results that were written and not counted are left out of the report',
    patches: [{ file: SETTLE, find: 'await countWritten(deps, {', put: 'void (async (..._: unknown[]) => 0)(deps, {' }],
  },
  {
    name: 'count-before-the-file',
    does: 'a part is counted, and then its results file is written',
    patches: [
      {
        file: WORKER,
        find: 'const part = await writePart(this.deps.work, { jobId, shard, from }, rest);',
        put: `const succeeded = rest.filter((task) => task.succeeded).length;
          const end = from + rest.length;
          const failed = rest.length - succeeded;
          const part = { record: { end, succeeded, failed, succeededBytes: 0 }, failed: Buffer.alloc(0) };`,
      },
      {
        file: WORKER,
        find: 'rest = rest.slice(part.record.end - from);',
        put: 'await writePart(this.deps.work, { jobId, shard, from }, rest); rest = rest.slice(part.record.end - from);',
      },
    ],
  },
  {
    name: 'overwrite-results',
    does: 'a results file is written without If-None-Match',
    patches: [
      {
        file: PART_FILE,
        find: "if ((await work.putIfAbsent(key, body, toMetadata(record))) === 'written')",
        put: 'await work.put(key, body, toMetadata(record)); if (body.length >= 0)',
      },
    ],
  },
  {
    name: 'ignore-the-winner',
    does: 'a worker whose results file was there already counts its own numbers',
    patches: [
      {
        file: PART_FILE,
        find: "=== 'written') return { record, failed: failures };",
        put: "!== 'never') return { record, failed: failures };",
      },
    ],
  },
  {
    name: 'accept-an-old-epoch',
    does: 'a worker begins tasks for an execution that is not the newest',
    patches: [
      {
        file: WORKER,
        find: "return state?.epoch === epoch && state.status === 'Active';",
        put: "return epoch > 0 && state?.status === 'Active';",
      },
    ],
  },
  {
    name: 'move-in-an-old-epoch',
    does: 'an execution that is not the newest changes the status',
    patches: [
      {
        file: 'core/engine/job-changes.ts',
        find: 'if (state === undefined || state.epoch !== epoch || !mayFollow(state.status, to)) return undefined;',
        put: 'if (state === undefined || epoch < 0 || !mayFollow(state.status, to)) return undefined;',
      },
    ],
  },
  {
    name: 'never-look-again',
    does: 'a worker looks at its job once',
    patches: [
      {
        file: WORKER,
        find: 'if (now - this.lastLook >= LOOK_EVERY_MILLISECONDS || this.rate !== undefined) return',
        put: 'if (this.lastLook === 0 || this.rate !== undefined) return',
      },
    ],
  },
  {
    name: 'trust-a-hole',
    does: 'tasks that ended beyond one that did not are taken for a whole run',
    patches: [
      {
        file: 'core/engine/part.ts',
        find: 'for (let task = this.input.from; task < this.oldest; task += 1) {',
        put: 'for (let task = this.input.from; task < this.next; task += 1) {',
      },
    ],
  },
  {
    name: 'keep-the-name',
    does: 'a worker that ends in order leaves its name on the shard, as one that died does',
    patches: [{ file: WORKER, find: 'await this.release(released);', put: '' }],
  },
  {
    name: 'let-the-lease-end',
    does: 'a worker does not say again that it is alive',
    patches: [
      {
        file: WORKER,
        find: 'deps.clock.every(LEASE_MILLISECONDS / 3, () => this.renewLease())',
        put: 'deps.clock.every(LEASE_MILLISECONDS * 1e6, () => this.renewLease())',
      },
    ],
  },
  {
    name: 'report-at-once',
    does: 'the report does not wait for workers that are ending',
    patches: [{ file: REPORT, find: 'if (hasWorkers(blocks, now))', put: 'if (now < 0 && hasWorkers(blocks, now))' }],
  },
  {
    name: 'complete-before-the-report',
    does: 'the job is Complete, and then its report is written',
    patches: [
      {
        file: REPORT,
        find: 'return await report(deps, input, {',
        put: 'await end(deps, input, { state, totals }); return await report(deps, input, {',
      },
    ],
  },
  {
    name: 'leave-the-last-shard',
    does: 'a job is complete with one shard left',
    patches: [{ file: RUN, find: 'if (left.unfinished.length === 0)', put: 'if (left.unfinished.length <= 1)' }],
  },
  {
    name: 'one-worker-too-many',
    does: 'the allocation gives out more than there is',
    patches: [
      {
        file: 'core/scheduling/allocate.ts',
        find: 'let left = Math.max(0, Math.floor(capacity));',
        put: 'let left = Math.max(0, Math.floor(capacity)) + 1;',
      },
    ],
  },
  {
    name: 'leave-the-dead',
    does: 'the sweeper does not replace an execution that ended before its job did',
    patches: [
      {
        file: 'core/scheduling/sweep.ts',
        find: 'if (!(await deps.jobs.updateState(nextEpoch(state)))) return;',
        put: 'return;',
      },
    ],
  },
  {
    name: 'run-for-ever',
    does: 'an execution does not hand over',
    patches: [{ file: RUN, find: 'if (input.turn >= TURNS_PER_EXECUTION)', put: 'if (input.turn < 0)' }],
  },
  {
    name: 'forget-the-failed',
    does: 'a job of which too many tasks failed is complete',
    patches: [
      {
        file: RUN,
        find: 'if (await failAtThreshold(deps, state, totals)) return done(input);',
        put: 'void failAtThreshold; void totals;',
      },
      {
        file: 'core/engine/totals.ts',
        find: 'if (failure !== undefined) await failJob(deps, job.jobId, job.epoch, failure);',
        put: '',
      },
    ],
  },
  {
    name: 'ready-before-the-blocks',
    does: 'a job is Ready, and then its blocks are made',
    patches: [
      {
        file: 'core/engine/prepare-turn.ts',
        find: 'await forEachBounded(blocks, 32, (block) => deps.progress.createBlock(input.jobId, block));',
        put: '',
      },
      {
        file: 'core/engine/prepare-turn.ts',
        find: '  await deps.callScheduler(input.jobId);',
        put: `  await deps.callScheduler(input.jobId);
          await forEachBounded(blocks, 32, (block) => deps.progress.createBlock(input.jobId, block));`,
      },
    ],
  },
  {
    name: 'take-from-the-living',
    does: 'a worker takes a shard from one of an epoch before that still ends its tasks',
    patches: [
      {
        file: 'core/engine/suspicion.ts',
        find: 'return isWorkedOn(seen, now) ? undefined : { ...seen, ...named };',
        put: 'return { ...seen, ...named };',
      },
    ],
  },
  {
    name: 'keep-old-trouble',
    does: 'a trouble that has passed stays on the job, and fails it later',
    patches: [
      {
        file: 'core/engine/job-changes.ts',
        find: 'if (state?.trouble !== undefined) await deps.jobs.updateState(change(state, { trouble: undefined }));',
        put: '',
      },
    ],
  },
];
