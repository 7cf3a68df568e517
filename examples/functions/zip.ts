/** Makes a function's package where there is no zip: `npx tsx examples/functions/zip.ts <zip file> <file…>`. */
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

const [output, ...files] = process.argv.slice(2);
if (output === undefined || files.length === 0) {
  console.error('Usage: zip.ts <zip file> <file…>');
  process.exitCode = 2;
} else {
  const zip = new ZipFile();
  for (const file of files) zip.addFile(file, basename(file));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(output));
}
