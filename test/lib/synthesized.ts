import { createRequire } from 'node:module';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Drover, type DroverProps, inlineFunctions } from '../../lib/index.ts';

/** All feature flags that the CDK recommends to new apps, set as it recommends. */
export const RECOMMENDED_FLAGS: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(
  'aws-cdk-lib/recommended-feature-flags.json',
);

/** The apps that a construct may find itself in. */
export const FLAG_SETTINGS: readonly (readonly [name: string, context: Readonly<Record<string, unknown>>])[] = [
  ['without feature flags', {}],
  ['with all recommended feature flags', RECOMMENDED_FLAGS],
];

/** A stack with one Drover whose functions do nothing. */
export function droverStack(props: DroverProps = {}, context: Readonly<Record<string, unknown>> = {}): Stack {
  const stack = new Stack(new App({ context: { ...context } }), 'Test');
  new Drover(stack, 'Drover', { functionFactory: inlineFunctions(), ...props });
  return stack;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export function resourcesOf(stack: Stack, type?: string): readonly (readonly [id: string, resource: Resource])[] {
  const resources = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>);
  return type === undefined ? resources : resources.filter(([, resource]) => resource.Type === type);
}

/** A template's value as one text: `<Resource>`, `<Resource.Arn>` in the place of references. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Record<string, unknown>;
  if ('Ref' in node) return `<${node.Ref}>`;
  if ('Fn::GetAtt' in node) return `<${(node['Fn::GetAtt'] as string[]).join('.')}>`;
  if ('Fn::Join' in node) {
    const [separator, parts] = node['Fn::Join'] as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  if ('Fn::Select' in node) {
    // The seventh part of a state machine's ARN is its name.
    const [index, { 'Fn::Split': split }] = node['Fn::Select'] as [number, { 'Fn::Split': [string, unknown] }];
    return `<${flat(split[1]).slice(1, -1)}.${index === 6 ? 'Name' : index}>`;
  }
  return JSON.stringify(value);
}

/** `flat` without the hashes that the CDK puts at the end of ids. */
export function named(value: unknown): string {
  return flat(value).replace(/<(\w+?)[0-9A-F]{8}([.>])/g, '<$1$2');
}
