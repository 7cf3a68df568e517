const BLOCK = /(<!-- from the registry: (\S+) -->\n)([\s\S]*?)(<!-- end -->)/g;

/** The names of a document's blocks, in their order. */
export function blockNames(document: string): string[] {
  return [...document.matchAll(BLOCK)].map(([, , name = '']) => name);
}

/** The document with what stands between each pair of marks written anew; all else is as it was. */
export function withBlocks(document: string, textOf: (name: string) => string): string {
  return document.replaceAll(BLOCK, (_, begin: string, name: string, __, end: string) => {
    return `${begin}\n${textOf(name)}\n\n${end}`;
  });
}
