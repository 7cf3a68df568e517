import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Drover, type DroverProps } from './drover.ts';

export interface DroverStackProps extends StackProps, DroverProps {}

/** A stack that is one Drover, with what its users need to know as outputs. */
export class DroverStack extends Stack {
  readonly drover: Drover;

  constructor(scope: Construct, id: string, props: DroverStackProps = {}) {
    super(scope, id, { description: 'Drover: S3 Batch Operations that you own.', ...props });
    this.drover = new Drover(this, 'Drover', props);
    new CfnOutput(this, 'ApiEndpoint', {
      description: 'Where the job API is; requests are signed for execute-api.',
      value: this.drover.api.endpoint,
    });
    new CfnOutput(this, 'WorkBucketName', {
      description: 'Where jobs keep their files.',
      value: this.drover.workBucket.bucketName,
    });
    new CfnOutput(this, 'JobRoles', {
      description: 'The roles that jobs may use: ARNs or patterns, with commas between them.',
      value: this.drover.jobRoles.patterns.join(','),
    });
    new CfnOutput(this, 'ExternalId', {
      description: 'Given as sts:ExternalId when the role of a job is assumed.',
      value: this.drover.jobRoles.externalId,
    });
  }
}
