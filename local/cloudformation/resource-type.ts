import { z } from 'zod';
import type { RestApi } from '../apigateway/rest-api.ts';
import type { CloudIdentity } from '../service.ts';
import type { CustomResource } from './custom-resources.ts';
import { physicalId, physicalName } from './physical-name.ts';
import type { StackServices } from './stack-services.ts';
import { TemplateError, type TemplateValue } from './template.ts';

/** A resource whose properties are resolved, ready to be made. */
export interface DeclaredResource {
  readonly logicalId: string;
  readonly type: string;
  readonly stack: string;
  readonly properties: Readonly<Record<string, TemplateValue>>;
}

/** What a resource needs besides its properties. */
export interface Making {
  readonly identity: CloudIdentity;
  readonly services: StackServices;
  /** The folder of a function's code, from the key of its asset. */
  readonly assetFolder: (objectKey: string) => string | undefined;
  /** The APIs of the stack so far, by id: many resources make one API. */
  readonly apis: Map<string, RestApi>;
  /** Those of the stack so far: they are made last, by its functions. */
  readonly customResources: CustomResource[];
}

/** What the rest of the template sees of a resource: `Ref`, and `Fn::GetAtt`. */
export interface MadeResource {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, TemplateValue>>;
}

/** Makes a resource, or brings the one that is there to what the template says now. */
export type ResourceMaker = (declared: DeclaredResource, making: Making) => Promise<MadeResource>;

/** The resource's properties, checked. Throws {@link TemplateError}, naming the resource and each wrong property. */
export function propertiesOf<T>(schema: z.ZodType<T>, declared: DeclaredResource): T {
  const parsed = schema.safeParse(declared.properties);
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `the local cloud does not support ${issue.keys.map((key) => [...issue.path, key].join('.')).join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new TemplateError(`${declared.logicalId} (${declared.type}): ${problems.join('; ')}.`);
}

/** Properties that change nothing on one machine, each with the reason. Their values are not looked at. */
export function withoutEffect<Name extends string>(
  reasons: Readonly<Record<Name, string>>,
): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  const names = Object.keys(reasons) as Name[];
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<
    Name,
    z.ZodOptional<z.ZodUnknown>
  >;
}

/** Booleans and numbers may stand in templates as text. */
export const looseBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
export const looseNumber = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

/** The name that the template gives, or the one that CloudFormation would make up. */
export function nameOf(declared: DeclaredResource, given: string | undefined, longest: number): string {
  return given ?? physicalName(declared.stack, declared.logicalId, longest);
}

/** An id for resources that have ids, not names. */
export function idOf(declared: DeclaredResource): string {
  return physicalId(declared.stack, declared.logicalId);
}

/** Says of a service's refusal which resource it was about. @throws TemplateError */
export async function named<Answer>(declared: DeclaredResource, made: Promise<Answer>): Promise<Answer> {
  try {
    return await made;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`${declared.logicalId} (${declared.type}): ${message}`);
  }
}
