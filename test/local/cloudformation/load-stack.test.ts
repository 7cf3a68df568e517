// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how templates refer to things
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../../local/cloudformation/assembly.ts';
import { loadStack } from '../../../local/cloudformation/load-stack.ts';
import type { ResourceDeclaration, Template } from '../../../local/cloudformation/template.ts';
import { fakeServices } from './fake-services.ts';

const identity = { account: '123456789012', region: 'eu-west-1' };
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

function load(template: Omit<Template, 'Resources'> & { Resources: Record<string, ResourceDeclaration> }) {
  const { services, calls, apis } = fakeServices();
  const stack = { name: 'Test', template, assetFolder: (key: string) => (key === 'a1.zip' ? '/code/a1' : undefined) };
  return { loaded: loadStack(stack, identity, services), calls, apis };
}

const functionResource: ResourceDeclaration = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: 'a1.zip' },
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { TABLE: { Ref: 'Table' } } },
  },
  DependsOn: ['Role'],
};

const template: Template = {
  Parameters: {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    Retries: { Type: 'Number', Default: 1 },
  },
  Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars'] } },
  Resources: {
    Function: functionResource,
    Skipped: { Type: 'AWS::Unheard::Of', Condition: 'Never' },
    Retry: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, MaximumRetryAttempts: { Ref: 'Retries' }, Qualifier: '$LATEST' },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'run',
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        DefinitionString: {
          'Fn::Join': ['', ['{"Resource":"', { 'Fn::GetAtt': ['Function', 'Arn'] }, '","x":"${v}"}']],
        },
        DefinitionSubstitutions: { v: 'w' },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, RetryPolicy: { MaximumRetryAttempts: 2 } }],
      },
    },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, Path: '/drover/' } },
    Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', PolicyDocument: {} } },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 14 } },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {} } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: {} },
        BucketEncryption: {},
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    Jobs: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        PathPart: 'jobs',
      },
    },
    Post: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { Ref: 'Jobs' },
        HttpMethod: 'POST',
        AuthorizationType: 'AWS_IAM',
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: {
            'Fn::Sub':
              'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations',
          },
        },
      },
    },
    Denied: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResponseType: 'DEFAULT_4XX',
        StatusCode: '400',
        ResponseTemplates: { a: 'b' },
      },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } }, DependsOn: 'Post' },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'v1' },
    },
  },
  Outputs: {
    Endpoint: { Value: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}' } },
    Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    Nothing: { Value: 'x', Condition: 'Never' },
  },
};

describe('a template', () => {
  test('is made in the order of its dependencies, with the same names each time', async () => {
    const first = load(template);
    const { outputs } = await first.loaded;
    const second = load(template);
    await second.loaded;
    expect(second.calls).toEqual(first.calls);

    const made = Object.fromEntries(first.calls.map(([name, ...rest]) => [name, rest]));
    const [table] = made.createTable as [{ TableName: string }];
    const [functionName, settings, folder] = made.putFunction as [string, unknown, string];
    const functionArn = `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`;
    const roleArn = expect.stringMatching(/^arn:aws:iam::123456789012:role\/drover\/Test-Role-[a-z0-9]{8}$/);
    expect(table).toMatchObject({ TableName: expect.stringMatching(/^Test-Table-[a-z0-9]{8}$/) });
    expect(functionName).toMatch(/^Test-Function-[a-z0-9]{8}$/);
    expect(folder).toBe('/code/a1');
    expect(settings).toEqual({
      Handler: 'index.handler',
      Role: roleArn,
      Environment: { Variables: { TABLE: table.TableName } },
    });
    expect(made.setAsyncRetries).toEqual([functionName, 1]);
    expect(made.createBucket).toEqual([
      { name: expect.stringMatching(/^test-bucket-[a-z0-9]{8}$/), versioned: true, eventBridge: true },
    ]);
    expect(made.createStateMachine).toEqual([
      { name: 'run', roleArn, definition: `{"Resource":"${functionArn}","x":"w"}` },
    ]);
    expect(made.putRule).toEqual([
      expect.stringMatching(/^Test-Rule-/),
      {
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Targets: [{ Id: 'T', Arn: functionArn, RetryPolicy: { MaximumRetryAttempts: 2 } }],
      },
    ]);
    const [api] = first.apis;
    expect(api?.methods).toEqual([
      { resourceId: expect.any(String), httpMethod: 'POST', authorization: 'AWS_IAM', functionArn, timeoutMs: 29_000 },
    ]);
    expect(api?.childrenOf(api.root).map(({ pathPart }) => pathPart)).toEqual(['jobs']);
    expect(api?.gatewayResponses.get('DEFAULT_4XX')).toMatchObject({ statusCode: 400, templates: { a: 'b' } });
    expect(api?.stages.has('v1')).toBe(true);
    expect(outputs).toEqual({
      Endpoint: `https://${api?.id}.execute-api.eu-west-1.amazonaws.com/v1`,
      Key: expect.stringMatching(/^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
  });

  test.each<[string, ResourceDeclaration, RegExp]>([
    ['an unknown type', { Type: 'AWS::SQS::Queue' }, /^X is of the type AWS::SQS::Queue, which/],
    ['a custom resource', { Type: 'Custom::S3BucketNotifications' }, /^X is a custom resource \(Custom::S3Bucket/],
    ['another spelling of it', { Type: 'AWS::CloudFormation::CustomResource' }, /^X is a custom resource/],
    [
      'a property that matters and is not known',
      { Type: 'AWS::S3::Bucket', Properties: { ObjectLockEnabled: true, CorsConfiguration: {} } },
      /^X \(AWS::S3::Bucket\): the local cloud does not support ObjectLockEnabled, CorsConfiguration/,
    ],
    [
      'one below another',
      { Type: 'AWS::S3::Bucket', Properties: { NotificationConfiguration: { LambdaConfigurations: [] } } },
      /does not support NotificationConfiguration\.LambdaConfigurations/,
    ],
    [
      'a wrong value',
      { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineType: 'EXPRESS', RoleArn: 'r' } },
      /^X \(AWS::StepFunctions::StateMachine\): StateMachineType: .*"STANDARD"/,
    ],
    [
      'code that is no asset',
      { ...functionResource, Properties: { Code: { S3Bucket: 'b', S3Key: 'gone.zip' } }, DependsOn: [] },
      /^X \(AWS::Lambda::Function\): its code, gone\.zip, is not among the assets/,
    ],
    [
      'an attribute that is not known',
      { Type: 'AWS::IAM::Policy', Properties: { PolicyName: { 'Fn::GetAtt': ['Other', 'StreamArn'] } } },
      /^X \(AWS::IAM::Policy\): the local cloud does not know the attribute StreamArn of Other \(AWS::S3::Bucket\)/,
    ],
  ])('with %s is refused with a message that names it', async (_, declaration, message) => {
    const { loaded } = load({ Resources: { Other: { Type: 'AWS::S3::Bucket' }, X: declaration } });
    await expect(loaded).rejects.toThrow(message);
  });

  test('of unknown types makes nothing at all', async () => {
    const { loaded, calls } = load({
      Resources: { Bucket: { Type: 'AWS::S3::Bucket' }, X: { Type: 'AWS::SQS::Queue' } },
    });
    await expect(loaded).rejects.toThrow();
    expect(calls).toEqual([]);
  });

  test('whose resources go round in a circle is refused, with the circle', async () => {
    const { loaded } = load({
      Resources: {
        A: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: { 'Fn::Sub': 'x${B}' } } },
        B: { Type: 'AWS::IAM::Policy', DependsOn: 'A' },
      },
    });
    await expect(loaded).rejects.toThrow('A → B → A');
  });

  test('with a parameter that has no value, or a macro, is refused', async () => {
    const parameter = { Resources: {}, Parameters: { Vpc: { Type: 'String' } } };
    await expect(load(parameter).loaded).rejects.toThrow(/parameter Vpc \(String\) has no default/);
    const secret = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/my/secret' };
    await expect(load({ Resources: {}, Parameters: { secret } }).loaded).rejects.toThrow(/parameter secret/);
    await expect(load({ Resources: {}, Transform: 'AWS::Serverless-2016-10-31' }).loaded).rejects.toThrow(/Transform/);
  });
});

describe('an assembly', () => {
  test('gives its one stack and where its assets are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assembly-'));
    folders.push(folder);
    const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));
    const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json', stackName: 'Mine' } };
    await write('manifest.json', {
      artifacts: { 'S.assets': { type: 'cdk:asset-manifest', properties: { file: 'a.json' } }, S: stack },
    });
    await write('t.json', { Resources: {} });
    await write('a.json', {
      files: { x: { source: { path: 'asset.x' }, destinations: { here: { bucketName: 'b', objectKey: 'x.zip' } } } },
    });

    const assembly = await readAssembly(folder);
    expect(assembly.name).toBe('Mine');
    expect(assembly.template).toEqual({ Resources: {} });
    expect(assembly.assetFolder('x.zip')).toBe(join(folder, 'asset.x'));
    expect(assembly.assetFolder('y.zip')).toBeUndefined();

    await write('manifest.json', { artifacts: { S: stack, T: stack } });
    await expect(readAssembly(folder)).rejects.toThrow(/has 2 stacks; the local cloud runs exactly one/);
  });
});
