import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createS3Service } from '../../../local/s3/s3-service.ts';

/** A process that serves S3 from the folder it is given until it is killed; it prints its port. */
const service = await createS3Service({
  dataFolder: process.argv[2] ?? '',
  identity: { account: '000000000000', region: 'us-east-1' },
  events: undefined,
});
const server = createServer((request, response) => void service.handle(request, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
