import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** File → what it imports, as written; paths are relative to the project and have `/` in them. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Imports of types are gone when a program runs: they follow the arrows too, but may form circles. */
export type ImportKind = 'all' | 'at run time';

/** Top-level folder → the folders that it may import from, itself aside. Arrows point one way. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  bin: ['cli', 'lib', 'local', 'core'],
  cli: ['lib', 'local', 'core'],
  lib: ['core'],
  lambdas: ['core'],
  core: [],
  local: [],
};

interface PackageRule {
  readonly packages: RegExp;
  /** Only files whose path this fits may import them. */
  readonly only: RegExp;
}

const PACKAGE_RULES: readonly PackageRule[] = [
  { packages: /^(aws-cdk-lib|constructs)(\/|$)/, only: /^(bin|lib)\// },
  { packages: /^aws-lambda$/, only: /^lambdas\// },
  { packages: /^@aws-lambda-powertools\//, only: /^lambdas\// },
  // Core says what it needs of AWS; these two folders are where it gets it.
  { packages: /^@(aws-sdk|smithy|aws-crypto)\//, only: /^(core\/(stores|s3)|lambdas|cli|local)\// },
];

/** All TypeScript files of the project's layers, with their imports. */
export function readImports(root: string, kind: ImportKind): Imports {
  const imports = new Map<string, readonly string[]>();
  for (const folder of Object.keys(ARROWS)) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      imports.set(relative(root, path).split(sep).join('/'), importsOf(readFileSync(path, 'utf8'), kind));
    }
  }
  return imports;
}

/** What a source imports: import, export … from, import(), require. */
export function importsOf(source: string, kind: ImportKind = 'all'): readonly string[] {
  const text = kind === 'all' ? source : withoutTypes(source);
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function withoutTypes(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

/** Each import that goes against an arrow or takes a package where it does not belong, as a sentence. */
export function forbiddenImports(imports: Imports): readonly string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets.flatMap((target) => {
      const reason = target.startsWith('.') ? againstArrow(file, target) : packageOutOfPlace(file, target);
      return reason === undefined ? [] : [`${file} imports ${target}: ${reason}`];
    }),
  );
}

function againstArrow(file: string, target: string): string | undefined {
  const from = topFolder(file);
  const to = topFolder(resolveImport(file, target));
  if (from === to || ARROWS[from]?.includes(to)) return undefined;
  return `${from} may not know ${to}`;
}

function packageOutOfPlace(file: string, target: string): string | undefined {
  const rule = PACKAGE_RULES.find(({ packages }) => packages.test(target));
  return rule === undefined || rule.only.test(file) ? undefined : `only files that fit ${rule.only} may`;
}

/** Each circle of imports, once, as the list of its files. */
export function importCycles(imports: Imports): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (finished.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    path.push(file);
    for (const target of imports.get(file) ?? []) if (target.startsWith('.')) visit(resolveImport(file, target));
    path.pop();
    finished.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return cycles;
}

function topFolder(file: string): string {
  return file.split('/')[0] ?? '';
}

/** The file that an import of a path means, relative to the project. */
export function resolveImport(file: string, target: string): string {
  return posix.normalize(posix.join(dirname(file), target));
}
