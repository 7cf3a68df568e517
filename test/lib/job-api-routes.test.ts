import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ROUTES } from '../../core/api/routes/routes.ts';
import { droverStack } from './synthesized.ts';

interface ApiResource {
  readonly Properties: { readonly ParentId?: { readonly Ref?: string }; readonly PathPart?: string };
}

test('the gateway has each route that the API answers, and no other', () => {
  const template = Template.fromStack(droverStack());
  const resources = template.findResources('AWS::ApiGateway::Resource') as Record<string, ApiResource>;
  const pathOf = (id: string): string => {
    const { ParentId, PathPart } = resources[id]?.Properties ?? {};
    return PathPart === undefined ? '' : `${pathOf(ParentId?.Ref ?? '')}/${PathPart}`;
  };
  const methods = Object.values(template.findResources('AWS::ApiGateway::Method'));
  const deployed = methods.map(({ Properties }) => `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)}`);
  expect(deployed.sort()).toEqual(
    ROUTES.map(({ method, path }) => `${method} /v20180820${path.replace(/\{\w+\}/, '{id}')}`).sort(),
  );
});
