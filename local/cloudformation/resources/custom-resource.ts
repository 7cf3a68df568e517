import { idOf, type ResourceMaker } from '../resource-type.ts';
import { TemplateError } from '../template.ts';

/**
 * A custom resource whose provider is a function of the stack. It is only noted here: its function can be asked once the
 * services answer (custom-resources.ts). It has no attributes.
 */
export const customResource: ResourceMaker = async (declared, { customResources }) => {
  const { logicalId, type, properties } = declared;
  const { ServiceToken: serviceToken } = properties;
  if (typeof serviceToken !== 'string' || !/^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+$/.test(serviceToken)) {
    throw new TemplateError(
      `${logicalId} is a custom resource (${type}), and the local cloud runs only those whose ServiceToken is a function.`,
    );
  }
  customResources.push({ logicalId, type, serviceToken, properties });
  return { ref: idOf(declared) };
};

/** Whether a type is that of custom resources, whatever their makers call them. */
export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}
