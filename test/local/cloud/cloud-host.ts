// A process of its own that runs a cloud in the folder given, for tests to kill.
import { join } from 'node:path';
import { startCloud } from '../../../local/cloud.ts';

const { endpoint } = await startCloud({
  dataFolder: process.argv[2] as string,
  port: 0,
  assembly: join(import.meta.dirname, 'assembly'),
});
console.log(endpoint);
