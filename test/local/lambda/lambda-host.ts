import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FaultInjector } from '../../../local/faults/fault-injector.ts';
import { createLambdaService, type LambdaService } from '../../../local/lambda/lambda-service.ts';
import type { LambdaLimits } from '../../../local/lambda/limits.ts';

/** A local Lambda with a port of its own. */
export interface LambdaHost {
  readonly service: LambdaService;
  readonly endpoint: string;
  close(): Promise<void>;
}

export const IDENTITY = { account: '000000000000', region: 'us-east-1' };
export const ROLE = 'arn:aws:iam::000000000000:role/drover/Reader';

/** Opens a local Lambda in that folder; logs are in its `logs`. */
export async function openLambda(
  folder: string,
  limits: Partial<LambdaLimits> = {},
  faults: FaultInjector = new FaultInjector(),
): Promise<LambdaHost> {
  let endpoint = '';
  const service = await createLambdaService({
    dataFolder: join(folder, 'lambda'),
    logFolder: join(folder, 'logs'),
    identity: IDENTITY,
    endpoint: () => endpoint,
    extraEnvironment: { EXTRA: 'more' },
    limits,
    faults,
  });
  const server: Server = createServer(async (request, response) => {
    if (!(await faults.meet('lambda', request, response))) await service.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  service.start();
  return {
    service,
    endpoint,
    async close() {
      await service.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// As a program of its own: `lambda-host.ts <folder> <first retry delay>` prints its endpoint and runs until it is killed.
const [, program, folder, delay] = process.argv;
if (program === import.meta.filename && folder !== undefined) {
  const { endpoint } = await openLambda(folder, { asyncRetryDelays: [Number(delay ?? 0)] });
  process.stdout.write(`${endpoint}\n`);
}
