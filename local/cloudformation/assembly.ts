import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Template, TemplateError } from './template.ts';

/** One stack of a cloud assembly, as `cdk synth` writes it. */
export interface SynthesizedStack {
  readonly name: string;
  readonly template: Template;
  /** The folder of an asset, from the key of its object in the bootstrap bucket. */
  readonly assetFolder: (objectKey: string) => string | undefined;
}

interface Manifest {
  readonly artifacts?: Readonly<
    Record<string, { type: string; properties?: { templateFile?: string; file?: string } }>
  >;
}

interface Assets {
  readonly files?: Readonly<
    Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>
  >;
}

/** Reads the only stack of the assembly in the folder. Throws {@link TemplateError} when there is none, or more. */
export async function readAssembly(folder: string): Promise<SynthesizedStack> {
  const manifest = (await readJson(join(folder, 'manifest.json'))) as Manifest;
  const artifacts = Object.entries(manifest.artifacts ?? {});
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack, ...others] = stacks;
  if (!stack || others.length > 0) {
    throw new TemplateError(`${folder} has ${stacks.length} stacks; the local cloud runs exactly one.`);
  }
  const [id, { properties }] = stack;
  const folders = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (artifact.type === 'cdk:asset-manifest') {
      await collectAssets(folder, artifact.properties?.file ?? '', folders);
    }
  }
  return {
    name: (properties as { stackName?: string } | undefined)?.stackName ?? id,
    template: (await readJson(join(folder, properties?.templateFile ?? ''))) as Template,
    assetFolder: (objectKey) => folders.get(objectKey),
  };
}

async function collectAssets(folder: string, file: string, folders: Map<string, string>): Promise<void> {
  const assets = (await readJson(join(folder, file))) as Assets;
  for (const { source, destinations } of Object.values(assets.files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path !== undefined) {
        folders.set(objectKey, resolve(folder, source.path));
      }
    }
  }
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
