import { Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { addGatewayErrors } from './gateway-errors.ts';

/** The version in S3 Control's paths. */
const JOBS_PATH = '/v20180820/jobs';

/** Drover's own, beside the jobs. */
const ESTIMATES_PATH = '/v20180820/estimates';

const TRIGGERS_PATH = '/v20180820/triggers';

const EVENTS_PATH = '/v20180820/events';

const STAGE = 'v1';

/**
 * The routes of S3 Control's job API and of Drover's own, one by one, so that policies can allow methods and not the API as a whole.
 * `*` in a path, as in policies, is a job's id or a trigger's name.
 */
const ROUTES = {
  create: [['POST', JOBS_PATH]],
  read: [
    ['GET', JOBS_PATH],
    ['GET', `${JOBS_PATH}/*`],
    ['GET', `${JOBS_PATH}/*/tagging`],
    ['GET', `${JOBS_PATH}/*/events`],
    ['GET', EVENTS_PATH],
    ['GET', TRIGGERS_PATH],
    ['GET', `${TRIGGERS_PATH}/*`],
    // Its answer is all that comes of it.
    ['POST', ESTIMATES_PATH],
  ],
  manage: [
    ['POST', `${JOBS_PATH}/*/priority`],
    ['POST', `${JOBS_PATH}/*/status`],
    ['POST', `${JOBS_PATH}/*/pause`],
    ['POST', `${JOBS_PATH}/*/resume`],
    ['POST', `${JOBS_PATH}/*/limits`],
    ['PUT', `${JOBS_PATH}/*/tagging`],
    ['DELETE', `${JOBS_PATH}/*/tagging`],
  ],
  triggers: [
    ['PUT', `${TRIGGERS_PATH}/*`],
    ['DELETE', `${TRIGGERS_PATH}/*`],
    ['POST', `${TRIGGERS_PATH}/*/enable`],
    ['POST', `${TRIGGERS_PATH}/*/disable`],
    ['POST', `${TRIGGERS_PATH}/*/fire`],
  ],
} as const satisfies Record<string, readonly (readonly [method: string, path: string])[]>;

/** The job API: a REST API with IAM authorization on every method, in front of one function. */
export class JobApi extends Construct {
  readonly restApi: apigateway.RestApi;
  /** Ends in the stage, without a slash: S3 Control's paths follow. */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, handler: lambda.IFunction) {
    super(scope, id);
    this.restApi = new apigateway.RestApi(this, 'Api', {
      description: 'The job API of Drover: that of S3 Batch Operations.',
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      // It would replace the one role that all APIs of the account write their logs with.
      cloudWatchRole: false,
      defaultMethodOptions: { authorizationType: apigateway.AuthorizationType.IAM },
      deployOptions: {
        stageName: STAGE,
        // Far above what people and schedules ask for, and far below what would take the account's concurrency.
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
      },
    });
    // The construct adds an output to whatever stack it is in; DroverStack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    addGatewayErrors(this.restApi);
    this.addRoutes(handler);
    const { restApiId, stack } = this.restApi;
    this.endpoint = `https://${restApiId}.execute-api.${stack.region}.${stack.urlSuffix}/${STAGE}`;
    this.acknowledge();
  }

  /** Allows to create jobs, and nothing to be done with them afterwards. */
  grantCreateJob(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ROUTES.create);
  }

  /** Allows to list and describe jobs and triggers, to see jobs' tags, and to have jobs estimated. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ROUTES.read);
  }

  /** Allows to change jobs: confirm, cancel, pause, resume, priority, limits, tags. */
  grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ROUTES.manage);
  }

  /** Allows to make, change, fire and delete triggers: whoever may can make jobs, and act with any of the job roles. */
  grantTriggers(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ROUTES.triggers);
  }

  private grant(grantee: iam.IGrantable, routes: readonly (readonly [string, string])[]): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: routes.map(([method, path]) => this.restApi.arnForExecuteApi(method, path, STAGE)),
    });
  }

  private addRoutes(handler: lambda.IFunction): void {
    const integration = new apigateway.LambdaIntegration(handler, { allowTestInvoke: false });
    for (const [method, path] of Object.values(ROUTES).flat()) {
      this.restApi.root.resourceForPath(path.replace('*', '{id}')).addMethod(method, integration);
    }
  }

  private acknowledge(): void {
    Validations.of(this.restApi).acknowledge(
      { id: 'AwsSolutions-APIG1', reason: 'Access logs need a role of the whole account, which is not ours to set.' },
      {
        id: 'AwsSolutions-APIG2',
        reason: 'The function validates: the gateway can validate JSON only, and the API speaks XML.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason: "Every method asks for IAM authorization; a web ACL is the operator's to add.",
      },
      {
        id: 'AwsSolutions-APIG6',
        reason: 'Execution logs need a role of the whole account, which is not ours to set.',
      },
      { id: 'AwsSolutions-COG4', reason: 'The callers are AWS principals: IAM authorization is what S3 Control has.' },
    );
  }
}
