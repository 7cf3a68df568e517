import type { LocalCloud } from '../../test/e2e/support/local-cloud.ts';
import { endWithProcess } from './child.ts';

/** Has a local cloud end with this process, however that ends. */
export function endCloudWithProcess(cloud: LocalCloud): void {
  endWithProcess(() => {
    // Removed already, it has no process; and to kill process 0 is to kill this one's whole group.
    if (cloud.pid > 0) process.kill(cloud.pid, 'SIGKILL');
  });
}
