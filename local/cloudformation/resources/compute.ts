import { z } from 'zod';
import {
  looseNumber,
  type MadeResource,
  type Making,
  named,
  nameOf,
  propertiesOf,
  type ResourceMaker,
  withoutEffect,
} from '../resource-type.ts';
import { TemplateError } from '../template.ts';

const codeSchema = z.object({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
});

/** AWS::Lambda::Function. All but name and code is handed to Lambda, which refuses what it does not know. */
export const lambdaFunction: ResourceMaker = async (declared, making) => {
  const { FunctionName, Code } = propertiesOf(codeSchema, declared);
  const folder = making.assetFolder(Code.S3Key);
  if (folder === undefined) {
    throw new TemplateError(
      `${declared.logicalId} (${declared.type}): its code, ${Code.S3Key}, is not among the assets of the assembly.`,
    );
  }
  const name = nameOf(declared, FunctionName, 64);
  const { FunctionName: _name, Code: _code, ...settings } = declared.properties;
  await named(declared, making.services.putFunction(name, settings, folder));
  const arn = `arn:aws:lambda:${making.identity.region}:${making.identity.account}:function:${name}`;
  return { ref: name, attributes: { Arn: arn } };
};

const invokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  MaximumRetryAttempts: looseNumber.optional(),
  ...withoutEffect({
    MaximumEventAgeInSeconds: 'the local queue keeps events for as long as AWS does at most',
    Qualifier: 'functions have one version',
  }),
});

/** AWS::Lambda::EventInvokeConfig */
export const eventInvokeConfig: ResourceMaker = async (declared, { services }) => {
  const { FunctionName, MaximumRetryAttempts } = propertiesOf(invokeConfigSchema, declared);
  const name = FunctionName.split(':').at(-1) ?? FunctionName;
  if (MaximumRetryAttempts !== undefined) {
    await named(declared, services.setAsyncRetries(name, MaximumRetryAttempts));
  }
  return { ref: declared.logicalId };
};

const machineSchema = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').optional(),
  DefinitionString: z.string().optional(),
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  RoleArn: z.string(),
  ...withoutEffect({
    LoggingConfiguration: 'it only watches',
    TracingConfiguration: 'it only watches',
    EncryptionConfiguration: 'executions lie on the disk as they are',
    Tags: 'nothing reads them',
  }),
});

/** AWS::StepFunctions::StateMachine */
export const stateMachine: ResourceMaker = async (declared, making) => {
  const properties = propertiesOf(machineSchema, declared);
  const { DefinitionString, Definition, DefinitionSubstitutions = {} } = properties;
  const written = DefinitionString ?? (Definition && JSON.stringify(Definition));
  if (written === undefined) {
    throw new TemplateError(
      `${declared.logicalId} (${declared.type}): it has neither DefinitionString nor Definition.`,
    );
  }
  const definition = written.replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) =>
    String(DefinitionSubstitutions[variable] ?? whole),
  );
  const name = nameOf(declared, properties.StateMachineName, 80);
  const machine = { name, definition, roleArn: properties.RoleArn };
  await named(declared, making.services.createStateMachine(machine));
  return stateMachineNames(name, making);
};

function stateMachineNames(name: string, { identity }: Making): MadeResource {
  const arn = `arn:aws:states:${identity.region}:${identity.account}:stateMachine:${name}`;
  return { ref: arn, attributes: { Arn: arn, Name: name } };
}

const ruleSchema = z.object({ Name: z.string().optional(), EventBusName: z.literal('default').optional() });

/** AWS::Events::Rule. All but the name is handed to EventBridge, which refuses what it does not know. */
export const rule: ResourceMaker = async (declared, { services, identity }) => {
  const name = nameOf(declared, propertiesOf(ruleSchema, declared).Name, 64);
  const { Name: _name, EventBusName: _bus, ...properties } = declared.properties;
  await named(declared, services.putRule(name, properties));
  const arn = `arn:aws:events:${identity.region}:${identity.account}:rule/${name}`;
  return { ref: name, attributes: { Arn: arn } };
};
