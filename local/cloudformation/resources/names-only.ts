import { createHash } from 'node:crypto';
import { z } from 'zod';
import { nameOf, propertiesOf, type ResourceMaker } from '../resource-type.ts';

const pathSchema = z.object({
  RoleName: z.string().optional(),
  ManagedPolicyName: z.string().optional(),
  Path: z.string().optional(),
});

/** AWS::IAM::Role. It has an ARN, by which it can be assumed; what it allows is not evaluated. */
export const role: ResourceMaker = async (declared, { identity }) => {
  const { RoleName, Path = '/' } = propertiesOf(pathSchema, declared);
  const name = nameOf(declared, RoleName, 64);
  const arn = `arn:aws:iam::${identity.account}:role${Path}${name}`;
  return { ref: name, attributes: { Arn: arn, RoleId: `AROA${hashOf(arn).toUpperCase().slice(0, 17)}` } };
};

/** AWS::IAM::ManagedPolicy */
export const managedPolicy: ResourceMaker = async (declared, { identity }) => {
  const { ManagedPolicyName, Path = '/' } = propertiesOf(pathSchema, declared);
  const arn = `arn:aws:iam::${identity.account}:policy${Path}${nameOf(declared, ManagedPolicyName, 128)}`;
  return { ref: arn, attributes: { PolicyArn: arn } };
};

/** AWS::KMS::Key. Nothing is encrypted with it. */
export const key: ResourceMaker = async (declared, { identity }) => {
  const hash = hashOf(`${declared.stack}\n${declared.logicalId}`);
  const id = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  return { ref: id, attributes: { KeyId: id, Arn: `arn:aws:kms:${identity.region}:${identity.account}:key/${id}` } };
};

/** AWS::Logs::LogGroup. The functions' logs are files. */
export const logGroup: ResourceMaker = async (declared, { identity }) => {
  const { LogGroupName } = propertiesOf(z.object({ LogGroupName: z.string().optional() }), declared);
  const name = nameOf(declared, LogGroupName, 512);
  return { ref: name, attributes: { Arn: `arn:aws:logs:${identity.region}:${identity.account}:log-group:${name}:*` } };
};

/** A resource that nothing depends on by name or attribute. */
export const nothing: ResourceMaker = async (declared) => ({ ref: nameOf(declared, undefined, 128) });

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
