import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import type { FunctionCode } from './function-record.ts';
import { QUOTAS } from './limits.ts';
import { invalidParameter, LambdaRefusal } from './refusal.ts';

/** The bits of an entry's attributes that are a Unix file's mode, and those of a mode that mean a symbolic link. */
const MODE_SHIFT = 16;
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Unpacks a deployment package (a zip file) into a new folder under `parent`, named after its hash.
 *
 * @throws LambdaRefusal when it is not a zip file, is too large, or has an entry that is not a plain file or folder.
 */
export async function unpackCode(zip: Buffer, parent: string): Promise<FunctionCode> {
  if (zip.length > QUOTAS.packedCode) {
    throw new LambdaRefusal(
      'RequestEntityTooLargeException',
      413,
      `Request must be smaller than ${QUOTAS.packedCode} bytes`,
    );
  }
  const hash = createHash('sha256').update(zip).digest();
  const codeFolder = join(parent, hash.toString('hex').slice(0, 16));
  const draft = `${codeFolder}.${crypto.randomUUID()}.tmp`;
  try {
    await mkdir(draft, { recursive: true });
    await unpackInto(zip, draft);
    // The same bytes unpack to the same files: a folder that is there already stays, sandboxes may be using it.
    await rename(draft, codeFolder).catch(() => rm(draft, { recursive: true }));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return { codeFolder, codeSize: zip.length, codeSha256: hash.toString('base64') };
}

async function unpackInto(zip: Buffer, folder: string): Promise<void> {
  try {
    // yauzl refuses absolute paths and `..`, and an entry that unpacks to more than it says.
    const archive = await fromBufferPromise(zip);
    let size = 0;
    for await (const entry of archive.eachEntry()) {
      size += entry.uncompressedSize;
      if (size > QUOTAS.unpackedCode) {
        throw invalidParameter(`Unzipped size must be smaller than ${QUOTAS.unpackedCode} bytes`);
      }
      await unpackEntry(archive, entry, folder);
    }
  } catch (error) {
    if (error instanceof LambdaRefusal) throw error;
    throw invalidParameter(
      `Could not unzip uploaded file. Please check your file, then try to upload again. (${String(error)})`,
    );
  }
}

async function unpackEntry(archive: ZipFile, entry: Entry, folder: string): Promise<void> {
  const path = join(folder, entry.fileName);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return;
  }
  const mode = entry.externalFileAttributes >>> MODE_SHIFT;
  if ((mode & FILE_TYPE) === SYMBOLIC_LINK) {
    throw invalidParameter(`The local cloud does not unpack symbolic links: ${entry.fileName}`);
  }
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path, { mode: 0o644 | (mode & 0o111) }));
}
