import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type Permission, permissionsOf } from './statements.ts';
import { droverStack, FLAG_SETTINGS, named, resourcesOf } from './synthesized.ts';

const JOB_ROLES = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/drover/*';

const actsOn = (permissions: readonly Permission[], action: string) =>
  permissions.filter((permission) => permission.action === action);

/** Every wildcard in a policy, and why it cannot be narrower. */
const WILDCARDS: readonly (readonly [resource: RegExp, reason: string])[] = [
  [/:role\/drover\/\*$/, 'the roles that jobs may use'],
  [/^<DroverWorkBucket\.Arn>\/jobs\/\*$/, 'the files of all jobs'],
  [/:execution:Test-Drover-[0-9A-F]{8}-\w+:\*$/, 'executions are named after jobs'],
  [/:execution:<Drover\w+Machine\.Name>(\/Items)?:\*$/, 'a Map names its children, as the CDK grants it to run them'],
  [/:mapRun:Test-Drover-[0-9A-F]{8}-\w+\/Items:\*$/, 'Step Functions names Map runs'],
  [/:rule\/Test-Drover-[0-9A-F]{8}-trigger-\*$/, 'rules are named after the triggers that callers make'],
  [/^<Drover\w+Function\.Arn>:\*$/, 'versions and aliases of the one function, as the CDK grants invocation'],
];

describe.each(FLAG_SETTINGS)('a Drover in an app %s', (_, context) => {
  const stack = droverStack({}, context);
  const template = Template.fromStack(stack);
  const permissions = permissionsOf(stack);

  test('assumes the job roles and no other, and only where tasks, manifests, reports and triggers need it', () => {
    const assumed = actsOn(permissions, 'sts:AssumeRole');
    expect(new Set(assumed.map(({ resource }) => resource))).toEqual(new Set([JOB_ROLES]));
    expect(assumed.map(({ who }) => who).sort()).toEqual([
      'PrepareChunk',
      'PrepareTurn',
      'ReportRange',
      'ReportTurn',
      'Trigger',
      'Worker',
    ]);
    expect(permissions.filter(({ action }) => action.startsWith('sts:'))).toHaveLength(assumed.length);
  });

  test('allows no action by a pattern of actions', () => {
    expect(permissions.filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  test('allows everything on resources that it names, but for one reading of account settings', () => {
    expect(permissions.filter(({ resource }) => resource === '*')).toEqual([
      { who: 'Sweeper', action: 'lambda:GetAccountSettings', resource: '*' },
    ]);
  });

  test('uses wildcards in resources only where the rest of the name is made later', () => {
    const unexplained = permissions
      .filter(({ resource }) => resource !== '*' && resource.includes('*'))
      .filter(({ resource }) => !WILDCARDS.some(([known]) => known.test(resource)));
    expect(unexplained).toEqual([]);
  });

  test('attaches no policy that AWS manages, and trusts no account and no user', () => {
    for (const [, role] of resourcesOf(stack, 'AWS::IAM::Role')) {
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
      const trust = JSON.stringify(role.Properties.AssumeRolePolicyDocument);
      expect(trust).toMatch(/"Principal":\{"Service":"(lambda|states)\.amazonaws\.com"\}/);
    }
  });

  test('lets only the scheduler start and stop executions and set the concurrency of Map runs', () => {
    const machine = (name: string) => /Machine$/.test(name);
    for (const action of ['states:StartExecution', 'states:StopExecution', 'states:UpdateMapRun']) {
      const allowed = actsOn(permissions, action).map(({ who }) => who);
      // A machine starts and stops the children of its own Map.
      expect(new Set(allowed.filter((who) => !machine(who)))).toEqual(new Set(['Scheduler']));
    }
    const started = actsOn(permissions, 'states:StartExecution').filter(({ who }) => who === 'Scheduler');
    expect(started.map(({ resource }) => resource.replace(/^.*-/, '')).sort()).toEqual(['prepare', 'report', 'run']);
  });

  test('lets functions invoke the scheduler, the API the trigger function, and no other function', () => {
    const all = actsOn(permissions, 'lambda:InvokeFunction').filter(({ who }) => !/Machine$/.test(who));
    const invoked = all.filter(({ resource }) => resource === '<DroverSchedulerFunction.Arn>');
    expect(all.filter((each) => !invoked.includes(each))).toEqual([
      expect.objectContaining({ who: 'JobApiHandler', resource: '<DroverTriggerFunction.Arn>' }),
    ]);
    expect(invoked.map(({ who }) => who).sort()).toEqual([
      'JobApiHandler',
      'PrepareChunk',
      'PrepareTurn',
      'ReportTurn',
      'RunTurn',
      'Sweeper',
      'Trigger',
      'Worker',
    ]);
  });

  test('lets the trigger function change rules of triggers and no others', () => {
    const rules = permissions.filter(({ action }) => action.startsWith('events:') && action !== 'events:PutEvents');
    expect(new Set(rules.map(({ who }) => who))).toEqual(new Set(['Trigger']));
    expect(rules.map(({ action }) => action).sort()).toEqual([
      'events:DeleteRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
    ]);
    for (const { resource } of rules) expect(resource).toMatch(/:rule\/Test-Drover-[0-9A-F]{8}-trigger-\*$/);
  });

  test('lets the scheduler tell of Drover’s own events on the default bus, and nobody else of any', () => {
    expect(actsOn(permissions, 'events:PutEvents')).toEqual([
      expect.objectContaining({
        who: 'Scheduler',
        resource: expect.stringMatching(/:event-bus\/default$/),
        condition: { StringEquals: { 'events:source': 'drover' } },
      }),
    ]);
    expect(actsOn(permissions, 'sns:Publish')).toEqual([]);
  });

  test('deletes objects, blocks and whole jobs in the sweeper only', () => {
    expect(actsOn(permissions, 's3:DeleteObject').map(({ who }) => who)).toEqual(['Sweeper']);
    const deletes = actsOn(permissions, 'dynamodb:DeleteItem').filter(({ condition }) => condition === undefined);
    expect(deletes.map(({ who, resource }) => [who, resource])).toEqual([
      ['Sweeper', '<DroverTablesJobs.Arn>'],
      ['Sweeper', '<DroverTablesProgress.Arn>'],
    ]);
  });

  test('lets the scheduler, which closes jobs, take them off the open jobs, triggers forget firings, and nothing else', () => {
    const conditions = actsOn(permissions, 'dynamodb:DeleteItem').filter(({ condition }) => condition !== undefined);
    const forgets = { Scheduler: 'OPEN#*', Trigger: 'TRIGGER*' };
    expect(Object.fromEntries(conditions.map(({ who, condition }) => [who, condition]))).toEqual(
      Object.fromEntries(
        Object.entries(forgets).map(([who, key]) => [
          who,
          { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } },
        ]),
      ),
    );
    for (const { resource } of conditions) expect(resource).toBe('<DroverTablesJobs.Arn>');
  });

  test('keeps functions that touch no object away from the work bucket', () => {
    const readers = permissions.filter(({ action }) => action.startsWith('s3:')).map(({ who }) => who);
    expect([...new Set(readers)].sort()).toEqual([
      'PrepareChunk',
      'PrepareJobMachine',
      'PrepareTurn',
      'ReportJobMachine',
      'ReportRange',
      'ReportTurn',
      'RunJobMachine',
      'RunTurn',
      'Sweeper',
      'Worker',
    ]);
  });

  test('scans no table', () => {
    expect(actsOn(permissions, 'dynamodb:Scan')).toEqual([]);
    const indexes = permissions.filter(({ resource }) => resource.includes('/index/'));
    expect(indexes).toEqual([
      { who: 'Trigger', action: 'dynamodb:Query', resource: '<DroverTablesJobs.Arn>/index/ListJobs' },
      { who: 'JobApiHandler', action: 'dynamodb:Query', resource: '<DroverTablesJobs.Arn>/index/ListJobs' },
    ]);
  });

  test('keeps the work bucket private, reachable by TLS only, encrypted and swept', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            ExpirationInDays: 400,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
        ],
      },
      VersioningConfiguration: Match.absent(),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });

  test('asks for IAM authorization on every method of the API', () => {
    const methods = resourcesOf(stack, 'AWS::ApiGateway::Method');
    expect(methods).toHaveLength(21);
    for (const [, method] of methods) expect(method.Properties.AuthorizationType).toBe('AWS_IAM');
  });

  test('lets the API be called by its own methods and nothing else, and the sweeper by its rule', () => {
    const callers = resourcesOf(stack, 'AWS::Lambda::Permission').map(([, { Properties }]) => ({
      function: named(Properties.FunctionName),
      principal: Properties.Principal,
      source: named(Properties.SourceArn).replace(/^.*execute-api:[^/]+/, 'api'),
    }));
    expect(callers.filter((caller) => caller.principal === 'events.amazonaws.com')).toEqual([
      {
        function: '<DroverTriggerFunction.Arn>',
        principal: 'events.amazonaws.com',
        source: expect.stringMatching(/:rule\/Test-Drover-[0-9A-F]{8}-trigger-\*$/),
      },
      {
        function: '<DroverSweeperFunction.Arn>',
        principal: 'events.amazonaws.com',
        source: '<DroverEachMinuteRule.Arn>',
      },
      ...['<DroverTriggersEachMinute.Arn>', '<DroverTriggersInventoryReports.Arn>'].map((source) => ({
        function: '<DroverTriggerFunction.Arn>',
        principal: 'events.amazonaws.com',
        source,
      })),
    ]);
    const methods = callers.filter((caller) => caller.principal === 'apigateway.amazonaws.com');
    expect(methods.map(({ source }) => source.replace(/<[^>]+>/, 'v1')).sort()).toEqual([
      'api/v1/DELETE/v20180820/jobs/*/tagging',
      'api/v1/DELETE/v20180820/triggers/*',
      'api/v1/GET/v20180820/events',
      'api/v1/GET/v20180820/jobs',
      'api/v1/GET/v20180820/jobs/*',
      'api/v1/GET/v20180820/jobs/*/events',
      'api/v1/GET/v20180820/jobs/*/tagging',
      'api/v1/GET/v20180820/triggers',
      'api/v1/GET/v20180820/triggers/*',
      'api/v1/POST/v20180820/estimates',
      'api/v1/POST/v20180820/jobs',
      'api/v1/POST/v20180820/jobs/*/limits',
      'api/v1/POST/v20180820/jobs/*/pause',
      'api/v1/POST/v20180820/jobs/*/priority',
      'api/v1/POST/v20180820/jobs/*/resume',
      'api/v1/POST/v20180820/jobs/*/status',
      'api/v1/POST/v20180820/triggers/*/disable',
      'api/v1/POST/v20180820/triggers/*/enable',
      'api/v1/POST/v20180820/triggers/*/fire',
      'api/v1/PUT/v20180820/jobs/*/tagging',
      'api/v1/PUT/v20180820/triggers/*',
    ]);
    expect(callers).toHaveLength(25);
  });

  test('leaves the settings of the whole account alone', () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
    expect(actsOn(permissions, 'logs:PutResourcePolicy')).toEqual([]);
  });

  test('has no custom resource and no function but its ten', () => {
    const types = resourcesOf(stack).map(([, { Type }]) => Type);
    expect(types.filter((type) => type.startsWith('Custom::') || type.includes('CustomResource'))).toEqual([]);
    template.resourceCountIs('AWS::Lambda::Function', 10);
  });

  test('reserves no concurrency: a new account has none to spare', () => {
    for (const [, handler] of resourcesOf(stack, 'AWS::Lambda::Function')) {
      expect(handler.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });
});
