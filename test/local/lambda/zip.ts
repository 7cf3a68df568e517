import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A zip file with these files in it. */
export async function zip(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream);
}
