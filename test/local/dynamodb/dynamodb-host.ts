// A process of its own that serves the tables of one folder, for tests to kill.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';

const service = await createDynamoDbService({
  dataFolder: process.argv[2] as string,
  identity: { account: '000000000000', region: 'us-east-1' },
});
const server = createServer((request, response) => void service.handle(request, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
