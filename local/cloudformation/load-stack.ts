import type { CloudIdentity } from '../service.ts';
import type { SynthesizedStack } from './assembly.ts';
import { creationOrder } from './creation-order.ts';
import type { CustomResource } from './custom-resources.ts';
import { evaluateCondition, resolve, type Scope } from './intrinsics.ts';
import type { MadeResource, Making } from './resource-type.ts';
import { makerOf } from './resource-types.ts';
import type { StackServices } from './stack-services.ts';
import { type Template, TemplateError, type TemplateValue } from './template.ts';

/**
 * The version of the CDK's bootstrap stack that the local cloud stands for. Templates ask for it with a parameter of
 * the SSM type; this is the only such parameter.
 */
const BOOTSTRAP_VERSION = '30';

/** A stack whose resources are there. */
export interface LoadedStack {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** CloudFormation's id of it. */
  readonly id: string;
  /** What its functions are still to be asked for. */
  readonly customResources: readonly CustomResource[];
}

/**
 * Makes a stack's resources, in the order of their dependencies; those of an earlier start are found and brought to
 * what the template says now. Throws {@link TemplateError}, before anything is made, for a type that is not known.
 */
export async function loadStack(
  stack: SynthesizedStack,
  identity: CloudIdentity,
  services: StackServices,
): Promise<LoadedStack> {
  const { template } = stack;
  if (template.Transform !== undefined) {
    throw new TemplateError('The template has a Transform; the local cloud runs no macros.');
  }
  const made = new Map<string, MadeResource>();
  const scope = scopeOf(stack, identity, made);
  const wanted = creationOrder(template).filter((logicalId) => isWanted(template.Resources[logicalId], scope));
  for (const logicalId of wanted) {
    makerOf(template.Resources[logicalId]?.Type ?? '', logicalId);
  }
  const making: Making = { identity, services, assetFolder: stack.assetFolder, apis: new Map(), customResources: [] };
  for (const logicalId of wanted) {
    made.set(logicalId, await makeResource(stack, logicalId, scope, making));
  }
  const { customResources } = making;
  const id = stackId(stack.name, identity);
  return { name: stack.name, id, outputs: outputsOf(template, scope), customResources };
}

async function makeResource(
  stack: SynthesizedStack,
  logicalId: string,
  scope: Scope,
  making: Making,
): Promise<MadeResource> {
  const { Type: type = '', Properties = {} } = stack.template.Resources[logicalId] ?? {};
  let properties: TemplateValue | undefined;
  try {
    properties = resolve(Properties as TemplateValue, scope);
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`${logicalId} (${type}): ${error.message}`) : error;
  }
  const declared = { logicalId, type, stack: stack.name, properties: properties as Record<string, TemplateValue> };
  return makerOf(type, logicalId)(declared, making);
}

function isWanted(declaration: { readonly Condition?: string } | undefined, scope: Scope): boolean {
  return declaration?.Condition === undefined || scope.condition(declaration.Condition);
}

function scopeOf(stack: SynthesizedStack, identity: CloudIdentity, made: ReadonlyMap<string, MadeResource>): Scope {
  const { template } = stack;
  const known = new Map([...pseudoParameters(stack.name, identity), ...parametersOf(template)]);
  const scope: Scope = {
    ref: (name) => known.get(name) ?? made.get(name)?.ref,
    attribute(logicalId, attribute) {
      const value = made.get(logicalId)?.attributes?.[attribute];
      if (value === undefined) {
        throw new TemplateError(
          made.has(logicalId)
            ? `the local cloud does not know the attribute ${attribute} of ${logicalId} (${template.Resources[logicalId]?.Type}).`
            : `the template has no resource "${logicalId}".`,
        );
      }
      return value;
    },
    mapping: (map, first, second) => template.Mappings?.[map]?.[first]?.[second],
    condition(name) {
      const condition = template.Conditions?.[name];
      if (condition === undefined) {
        throw new TemplateError(`The template has no condition "${name}".`);
      }
      return evaluateCondition(condition, scope);
    },
  };
  return scope;
}

function pseudoParameters(stack: string, { account, region }: CloudIdentity): Map<string, TemplateValue> {
  return new Map<string, TemplateValue>([
    ['AWS::AccountId', account],
    ['AWS::NotificationARNs', []],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::StackId', stackId(stack, { account, region })],
    ['AWS::StackName', stack],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
}

function stackId(stack: string, { account, region }: CloudIdentity): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${stack}/local`;
}

function parametersOf(template: Template): Map<string, TemplateValue> {
  const values = new Map<string, TemplateValue>();
  for (const [name, { Type, Default }] of Object.entries(template.Parameters ?? {})) {
    const bootstrap = Type === 'AWS::SSM::Parameter::Value<String>' && /^\/cdk-bootstrap\//.test(String(Default));
    if (bootstrap) {
      values.set(name, BOOTSTRAP_VERSION);
    } else if (Type.startsWith('AWS::SSM::') || Default === undefined) {
      throw new TemplateError(`The parameter ${name} (${Type}) has no default that the local cloud could use.`);
    } else {
      values.set(name, /^(CommaDelimitedList|List<.*>)$/.test(Type) ? String(Default).split(',') : Default);
    }
  }
  return values;
}

function outputsOf(template: Template, scope: Scope): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (isWanted(output, scope)) {
      outputs[name] = String(resolve(output.Value, scope));
    }
  }
  return outputs;
}
