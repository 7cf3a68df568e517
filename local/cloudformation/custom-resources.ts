import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../atomic-file.ts';
import type { FunctionInvoker } from '../service.ts';
import { type CustomResourceAnswer, ResponseServer } from './response-server.ts';
import { TemplateError, type TemplateValue } from './template.ts';

/** A custom resource, as a template declares it, resolved. */
export interface CustomResource {
  readonly logicalId: string;
  readonly type: string;
  /** ARN of the function that makes it. */
  readonly serviceToken: string;
  readonly properties: Readonly<Record<string, TemplateValue>>;
}

interface KeptResource extends CustomResource {
  readonly physicalId: string;
}

export interface CustomResourceOptions {
  /** A folder of its own, where what there is outlives a restart. */
  readonly folder: string;
  readonly stackId: string;
  readonly functions: Pick<FunctionInvoker, 'invoke'>;
  /** How long a function has to answer (ms); AWS waits an hour. Default: two minutes. */
  readonly patience?: number;
}

/**
 * Brings the custom resources to what the template says, as CloudFormation does: Create for new ones, Update for those
 * whose properties have changed, Delete for those that are gone. Each is kept as soon as it is there, so that a start that
 * was cut short goes on with the next.
 *
 * @throws TemplateError with the reason that a function gave for a failure.
 */
export async function settleCustomResources(
  wanted: readonly CustomResource[],
  { folder, stackId, functions, patience = 120_000 }: CustomResourceOptions,
): Promise<void> {
  const file = join(folder, 'custom-resources.json');
  const kept = await readKept(file);
  if (wanted.length === 0 && kept.size === 0) return;
  await mkdir(folder, { recursive: true });
  const keep = (): Promise<void> => writeFileAtomically(file, JSON.stringify([...kept.values()]));
  const responses = await ResponseServer.open();
  const ask = async (type: RequestType, resource: CustomResource, more: object): Promise<CustomResourceAnswer> =>
    await request(type, resource, { stackId, functions, responses, patience, more });
  try {
    for (const resource of wanted) {
      const before = kept.get(resource.logicalId);
      if (before !== undefined && isDeepStrictEqual(before.properties, resource.properties)) continue;
      const more = before && { PhysicalResourceId: before.physicalId, OldResourceProperties: texts(before.properties) };
      const answer = await ask(before === undefined ? 'Create' : 'Update', resource, more ?? {});
      if (answer.Status !== 'SUCCESS') throw failure(resource, answer.Reason);
      const physicalId = answer.PhysicalResourceId ?? resource.logicalId;
      kept.set(resource.logicalId, { ...resource, physicalId });
      await keep();
      // Another id is another resource: the old one goes.
      if (before !== undefined && before.physicalId !== physicalId) {
        await ask('Delete', before, { PhysicalResourceId: before.physicalId });
      }
    }
    for (const resource of [...kept.values()]) {
      if (wanted.some(({ logicalId }) => logicalId === resource.logicalId)) continue;
      await ask('Delete', resource, { PhysicalResourceId: resource.physicalId });
      kept.delete(resource.logicalId);
      await keep();
    }
  } finally {
    await responses.close();
  }
}

type RequestType = 'Create' | 'Update' | 'Delete';

interface Asking {
  readonly stackId: string;
  readonly functions: Pick<FunctionInvoker, 'invoke'>;
  readonly responses: ResponseServer;
  readonly patience: number;
  readonly more: object;
}

async function request(
  RequestType: RequestType,
  { logicalId, type, serviceToken, properties }: CustomResource,
  { stackId, functions, responses, patience, more }: Asking,
): Promise<CustomResourceAnswer> {
  const RequestId = randomUUID();
  const { url, answer } = responses.expect(patience);
  const event = {
    RequestType,
    RequestId,
    StackId: stackId,
    ResponseURL: url,
    ResourceType: type,
    LogicalResourceId: logicalId,
    ServiceToken: serviceToken,
    ResourceProperties: texts(properties),
    ...more,
  };
  // A function that fails answers nothing; waiting for it would only hide why.
  const failed = functions.invoke(serviceToken, JSON.stringify(event)).then(
    ({ functionError, payload }): Promise<CustomResourceAnswer> | CustomResourceAnswer =>
      functionError === undefined ? answer : { Status: 'FAILED', Reason: `${functionError}: ${payload}` },
    (error: unknown): CustomResourceAnswer => ({ Status: 'FAILED', Reason: String(error) }),
  );
  return await Promise.race([answer, failed]);
}

/** Functions are given properties as text, whatever they were: so does CloudFormation. */
function texts(value: TemplateValue | Readonly<Record<string, TemplateValue>>): TemplateValue {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, texts(each as TemplateValue)]));
  }
  return value === null ? null : String(value);
}

function failure({ logicalId, type }: CustomResource, reason = 'its function did not say why'): TemplateError {
  return new TemplateError(`${logicalId} (${type}) could not be made: ${reason}`);
}

async function readKept(file: string): Promise<Map<string, KeptResource>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return new Map((JSON.parse(text) as KeptResource[]).map((resource) => [resource.logicalId, resource]));
}
