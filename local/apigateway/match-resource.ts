import type { ApiResource, RestApi } from './rest-api.ts';

/** The resource that a path leads to, and what stands in place of its placeholders, percent-decoded. */
export interface ResourceMatch {
  readonly resource: ApiResource;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the resource of a path that begins with `/` and holds no query: at each step a literal name goes before `{name}`
 * and that before `{name+}`, which takes all the rest. Undefined when the tree has no such path.
 */
export function matchResource(api: RestApi, path: string): ResourceMatch | undefined {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') {
    segments.pop();
  }
  return walk(api, api.root, segments, {});
}

function walk(
  api: RestApi,
  resource: ApiResource,
  segments: readonly string[],
  parameters: Readonly<Record<string, string>>,
): ResourceMatch | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    return { resource, parameters };
  }
  const children = api.childrenOf(resource);
  const literal = children.find((child) => child.pathPart === decode(segment));
  const found = literal && walk(api, literal, rest, parameters);
  if (found) {
    return found;
  }
  for (const child of children) {
    const name = child.pathPart.match(/^\{([^+}]+)\}$/)?.[1];
    const one = name && walk(api, child, rest, { ...parameters, [name]: decode(segment) });
    if (one) {
      return one;
    }
  }
  for (const child of children) {
    const name = child.pathPart.match(/^\{([^+}]+)\+\}$/)?.[1];
    if (name) {
      return { resource: child, parameters: { ...parameters, [name]: decode(segments.join('/')) } };
    }
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
