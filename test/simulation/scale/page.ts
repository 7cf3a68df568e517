/** The page that shows the tables. */
export const SCALE_PAGE = new URL('../../../docs/scale.md', import.meta.url);

const BLOCK = /(<!-- printed by npm run simulate: (\S+) -->\n)([\s\S]*?)(<!-- end -->)/g;

/** The page with these of its marked blocks written anew. */
export function blocksIn(page: string, texts: Readonly<Record<string, string>>): string {
  return page.replaceAll(BLOCK, (all: string, begin: string, name: string, _: string, end: string) => {
    const text = texts[name];
    return text === undefined ? all : `${begin}\n${text}\n\n${end}`;
  });
}
