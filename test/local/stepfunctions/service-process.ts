// A process that hosts the service, to be killed. Arguments: data folder, log file. The function `item` writes a line
// to the log before and after its work, which takes a few milliseconds. Tells its port on standard output.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStepFunctionsService } from '../../../local/stepfunctions/step-functions-service.ts';
import { FakeFunctions, FakeObjects, IDENTITY } from './harness.ts';
import { numbersCsv } from './turn-machine.ts';

const [dataFolder = '', log = ''] = process.argv.slice(2);
const functions = new FakeFunctions({
  item: async ({ item: { n } }: { item: { n: string } }) => {
    appendFileSync(log, `begin ${n}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    appendFileSync(log, `end ${n}\n`);
  },
});
const objects = new FakeObjects({ 'work/items.csv': numbersCsv(400) });
const service = await createStepFunctionsService({
  dataFolder,
  identity: IDENTITY,
  functions,
  objects,
  events: undefined,
});
service.resume();
const server = createServer((request, response) => void service.handle(request, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
