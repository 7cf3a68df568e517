import { z } from 'zod';
import { RestApi } from '../../apigateway/rest-api.ts';
import {
  type DeclaredResource,
  idOf,
  looseNumber,
  type Making,
  propertiesOf,
  type ResourceMaker,
  withoutEffect,
} from '../resource-type.ts';
import { TemplateError } from '../template.ts';

/** The longest that API Gateway waits for an integration. */
const INTEGRATION_TIMEOUT_MS = 29_000;

const apiSchema = z.strictObject({
  BinaryMediaTypes: z.array(z.string()).optional(),
  ...withoutEffect({
    ApiKeySourceType: 'there are no API keys',
    Description: 'nothing reads it',
    DisableExecuteApiEndpoint: 'it is the only endpoint',
    EndpointConfiguration: 'there is one port',
    Name: 'the API is known by its id',
    Policy: 'policies are not evaluated',
    Tags: 'nothing reads them',
  }),
});

/** AWS::ApiGateway::RestApi */
export const restApi: ResourceMaker = async (declared, { services, apis }) => {
  const { BinaryMediaTypes = [] } = propertiesOf(apiSchema, declared);
  const id = idOf(declared);
  const api = new RestApi(id, `${id}root`, BinaryMediaTypes);
  apis.set(id, api);
  await services.putRestApi(api);
  return { ref: id, attributes: { RestApiId: id, RootResourceId: api.rootResourceId } };
};

const resourceSchema = z.strictObject({ RestApiId: z.string(), ParentId: z.string(), PathPart: z.string() });

/** AWS::ApiGateway::Resource */
export const resource: ResourceMaker = async (declared, making) => {
  const { RestApiId, ParentId, PathPart } = propertiesOf(resourceSchema, declared);
  const id = idOf(declared);
  apiOf(declared, making, RestApiId).addResource({ id, parentId: ParentId, pathPart: PathPart });
  return { ref: id, attributes: { ResourceId: id } };
};

const methodSchema = z.strictObject({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM'], 'the local cloud knows NONE and AWS_IAM'),
  ApiKeyRequired: z.literal(false).optional(),
  Integration: z.strictObject({
    Type: z.literal('AWS_PROXY', 'the local cloud knows AWS_PROXY only'),
    IntegrationHttpMethod: z.literal('POST'),
    Uri: z.string().regex(/functions\/arn:[^/]+\/invocations$/, 'must be that of a Lambda function'),
    TimeoutInMillis: looseNumber.optional(),
    ...withoutEffect({ Credentials: 'policies are not evaluated' }),
  }),
  ...withoutEffect({ OperationName: 'nothing reads it' }),
});

/** AWS::ApiGateway::Method */
export const method: ResourceMaker = async (declared, making) => {
  const properties = propertiesOf(methodSchema, declared);
  const { Integration } = properties;
  apiOf(declared, making, properties.RestApiId).methods.push({
    resourceId: properties.ResourceId,
    httpMethod: properties.HttpMethod,
    authorization: properties.AuthorizationType,
    functionArn: Integration.Uri.match(/functions\/(arn:[^/]+)\/invocations$/)?.[1] ?? '',
    timeoutMs: Math.min(Integration.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS, INTEGRATION_TIMEOUT_MS),
  });
  return { ref: idOf(declared) };
};

const gatewayResponseSchema = z.strictObject({
  RestApiId: z.string(),
  ResponseType: z.string(),
  StatusCode: looseNumber.optional(),
  ResponseParameters: z.record(z.string(), z.string()).optional(),
  ResponseTemplates: z.record(z.string(), z.string()).optional(),
});

/** AWS::ApiGateway::GatewayResponse */
export const gatewayResponse: ResourceMaker = async (declared, making) => {
  const properties = propertiesOf(gatewayResponseSchema, declared);
  apiOf(declared, making, properties.RestApiId).gatewayResponses.set(properties.ResponseType, {
    responseType: properties.ResponseType,
    statusCode: properties.StatusCode,
    parameters: properties.ResponseParameters ?? {},
    templates: properties.ResponseTemplates ?? {},
  });
  return { ref: idOf(declared) };
};

const deploymentSchema = z.strictObject({
  RestApiId: z.string(),
  ...withoutEffect({ Description: 'nothing reads it' }),
});

/** AWS::ApiGateway::Deployment. What is deployed is always the API as the template has it. */
export const deployment: ResourceMaker = async (declared) => {
  propertiesOf(deploymentSchema, declared);
  const id = idOf(declared);
  return { ref: id, attributes: { DeploymentId: id } };
};

const stageSchema = z.strictObject({
  RestApiId: z.string(),
  DeploymentId: z.string(),
  StageName: z.string(),
  Variables: z.record(z.string(), z.string()).optional(),
  ...withoutEffect({
    AccessLogSetting: 'it only watches',
    Description: 'nothing reads it',
    MethodSettings: 'requests are neither logged nor throttled',
    Tags: 'nothing reads them',
    TracingEnabled: 'it only watches',
  }),
});

/** AWS::ApiGateway::Stage */
export const stage: ResourceMaker = async (declared, making) => {
  const { RestApiId, DeploymentId, StageName, Variables } = propertiesOf(stageSchema, declared);
  const definition = { name: StageName, deploymentId: DeploymentId, variables: Variables };
  apiOf(declared, making, RestApiId).stages.set(StageName, definition);
  return { ref: StageName };
};

function apiOf(declared: DeclaredResource, { apis }: Making, id: string): RestApi {
  const api = apis.get(id);
  if (!api) {
    throw new TemplateError(`${declared.logicalId} (${declared.type}): there is no RestApi ${id} in this template.`);
  }
  return api;
}
