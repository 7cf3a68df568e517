import type { ResourceMaker } from './resource-type.ts';
import { eventInvokeConfig, lambdaFunction, rule, stateMachine } from './resources/compute.ts';
import { customResource, isCustomResource } from './resources/custom-resource.ts';
import { key, logGroup, managedPolicy, nothing, role } from './resources/names-only.ts';
import { topic, topicSubscription } from './resources/notifications.ts';
import { deployment, gatewayResponse, method, resource, restApi, stage } from './resources/rest-api.ts';
import { bucket, table } from './resources/storage.ts';
import { TemplateError } from './template.ts';

/** The resources that the local cloud makes. */
const MADE: Readonly<Record<string, ResourceMaker>> = {
  'AWS::ApiGateway::Deployment': deployment,
  'AWS::ApiGateway::GatewayResponse': gatewayResponse,
  'AWS::ApiGateway::Method': method,
  'AWS::ApiGateway::Resource': resource,
  'AWS::ApiGateway::RestApi': restApi,
  'AWS::ApiGateway::Stage': stage,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': rule,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::S3::Bucket': bucket,
  'AWS::SNS::Subscription': topicSubscription,
  'AWS::SNS::Topic': topic,
  'AWS::StepFunctions::StateMachine': stateMachine,
};

/** Who may do what, and with which key. It is accepted, so that the template stays whole, but not evaluated. */
const NOT_EVALUATED: Readonly<Record<string, ResourceMaker>> = {
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': nothing,
  'AWS::IAM::Role': role,
  'AWS::KMS::Alias': nothing,
  'AWS::KMS::Key': key,
  'AWS::Lambda::Permission': nothing,
  'AWS::S3::BucketPolicy': nothing,
  'AWS::SNS::TopicPolicy': nothing,
};

/** What only watches, and can be missing without a difference to what the stack does. Keep this list short. */
const ONLY_WATCHES: Readonly<Record<string, ResourceMaker>> = {
  'AWS::CDK::Metadata': nothing,
  'AWS::CloudWatch::Alarm': nothing,
  'AWS::CloudWatch::CompositeAlarm': nothing,
  'AWS::CloudWatch::Dashboard': nothing,
  'AWS::Logs::LogGroup': logGroup,
};

const ALL: Readonly<Record<string, ResourceMaker>> = { ...MADE, ...NOT_EVALUATED, ...ONLY_WATCHES };

/** What makes resources of the type. Throws {@link TemplateError}, naming type and logical id, if nothing does. */
export function makerOf(type: string, logicalId: string): ResourceMaker {
  const maker = isCustomResource(type) ? customResource : ALL[type];
  if (maker) {
    return maker;
  }
  throw new TemplateError(`${logicalId} is of the type ${type}, which the local cloud does not have.`);
}
