import type { PrepareDependencies } from '../../core/engine/prepare-turn.ts';
import { operationOf } from '../../core/operations/registry.ts';
import { engineDependencies } from './engine.ts';
import { bucketChecker, bucketOpener, manifestOpener, outputOpener } from './job-access.ts';

/** What the turns and the chunks of PrepareJob work with. */
export function prepareDependencies(attempt: string): PrepareDependencies {
  const engine = engineDependencies();
  return {
    ...engine,
    attempt,
    openManifest: manifestOpener(engine.jobs),
    openBucket: bucketOpener(engine.jobs),
    openOutput: outputOpener(engine.jobs),
    tasksPerShard: ({ request }) => {
      const { operation, parameters } = operationOf(request);
      return operation.tasksPerShard(parameters);
    },
    checkBuckets: bucketChecker(engine.jobs),
  };
}
