import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { XMLParser } from 'fast-xml-parser';
import { droverStack, resourcesOf } from './synthesized.ts';

const stack = droverStack();
const template = Template.fromStack(stack);

test('the API is regional, on one throttled stage, and says nothing to browsers of other origins', () => {
  template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    StageName: 'v1',
    MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }],
    AccessLogSetting: Match.absent(),
  });
  const methods = resourcesOf(stack, 'AWS::ApiGateway::Method').map(([, { Properties }]) => Properties.HttpMethod);
  expect(methods).not.toContain('OPTIONS');
  expect(methods).not.toContain('ANY');
});

test('every method hands the request to the function as it is', () => {
  template.allResourcesProperties('AWS::ApiGateway::Method', {
    Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' },
  });
});

describe('the errors of the gateway', () => {
  const responses = resourcesOf(stack, 'AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => ({
    type: String(Properties.ResponseType),
    templates: Properties.ResponseTemplates as Record<string, string>,
  }));

  test('are defined for everything, by the two defaults', () => {
    expect(responses.map(({ type }) => type)).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
  });

  test.each(responses)('$type is the error document of S3 Control, whatever the message holds', ({ templates }) => {
    const message = `The canonical request should have been 'GET\n/v1/v20180820/jobs\na=<1>&b="2"'`;
    const xml = templates['application/xml']!.replace('$context.error.message', message).replace(
      '$context.requestId',
      'id-1',
    );
    const { ErrorResponse } = new XMLParser().parse(xml);
    expect(Object.keys(ErrorResponse)).toEqual(['Error', 'RequestId']);
    expect(ErrorResponse.Error.Code).toMatch(/^[A-Za-z]+$/);
    expect(ErrorResponse.RequestId).toBe('id-1');
    expect(xml).not.toContain('$context');
    if (xml.includes('CDATA')) expect(ErrorResponse.Error.Message).toBe(message);

    const json = templates['application/json']!.replace(
      '$context.error.messageString',
      JSON.stringify(message),
    ).replace('$context.requestId', 'id-1');
    expect(JSON.parse(json)).toEqual({
      Code: ErrorResponse.Error.Code,
      Message: ErrorResponse.Error.Message,
      RequestId: 'id-1',
    });
  });
});
