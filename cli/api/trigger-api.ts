import { randomUUID } from 'node:crypto';
import type { TriggerDescriptor, TriggerListDescriptor } from '../../core/api/triggers.ts';
import type { JobApi } from './job-api.ts';
import type { ApiRequest } from './signed-request.ts';

const TRIGGERS = '/v20180820/triggers';

/** The routes of triggers, which S3 Control's API does not have. */
export class TriggerApi {
  constructor(private readonly api: Pick<JobApi, 'send'>) {}

  /** Creates it, or puts it in place of the one of that name. */
  async put(name: string, definition: unknown): Promise<void> {
    await this.api.send({ method: 'PUT', path: pathOf(name), body: JSON.stringify(definition) });
  }

  async list(): Promise<readonly TriggerListDescriptor[]> {
    const answer = await this.api.send({ method: 'GET', path: TRIGGERS });
    return (answer as { Triggers: readonly TriggerListDescriptor[] }).Triggers;
  }

  async describe(name: string): Promise<TriggerDescriptor> {
    const answer = await this.api.send({ method: 'GET', path: pathOf(name) });
    return (answer as { Trigger: TriggerDescriptor }).Trigger;
  }

  async delete(name: string): Promise<void> {
    await this.api.send({ method: 'DELETE', path: pathOf(name) });
  }

  async enable(name: string, enabled: boolean): Promise<void> {
    await this.api.send({ method: 'POST', path: `${pathOf(name)}/${enabled ? 'enable' : 'disable'}` });
  }

  /** Answers the firing's id. The token makes it one firing however often it is sent. */
  async fire(name: string, key?: string): Promise<string> {
    const query = { clientRequestToken: randomUUID(), ...(key === undefined ? {} : { key }) };
    const request: ApiRequest = { method: 'POST', path: `${pathOf(name)}/fire`, query };
    return ((await this.api.send(request)) as { FiringId: string }).FiringId;
  }
}

function pathOf(name: string): string {
  return `${TRIGGERS}/${encodeURIComponent(name)}`;
}
