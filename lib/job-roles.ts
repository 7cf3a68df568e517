import { Arn, ArnFormat, Names, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { InvalidSetting } from './invalid-setting.ts';

/** Lambda gives a function 4 KB of environment; the patterns are part of it. */
const LONGEST_PATTERNS = 2_500;

export interface JobRolesProps {
  /**
   * ARNs of roles, or patterns of them with `*`.
   *
   * @default - this account's roles under the path /drover/
   */
  readonly patterns?: readonly string[];
}

/** The roles that jobs may use. Nothing in a deployment can assume any other. */
export class JobRoles extends Construct {
  readonly patterns: readonly string[];
  /**
   * What the deployment gives as external id when it assumes a job's role, for the condition `sts:ExternalId` of the
   * role's trust policy. Known before the first deployment, and no secret.
   */
  readonly externalId: string;

  constructor(scope: Construct, id: string, props: JobRolesProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.patterns = props.patterns ?? [
      Arn.format(
        {
          service: 'iam',
          region: '',
          resource: 'role',
          resourceName: 'drover/*',
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        },
        stack,
      ),
    ];
    checkPatterns(this.patterns);
    this.externalId = `${Names.uniqueResourceName(scope, { maxLength: 60, separator: '-' })}.${stack.region}`;
  }

  grantAssume(grantee: iam.IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [...this.patterns] }),
    );
  }

  /** The patterns as the functions' environment has them: a JSON array. */
  toJson(): string {
    return Stack.of(this).toJsonString(this.patterns);
  }
}

function checkPatterns(patterns: readonly string[]): void {
  if (patterns.length === 0)
    throw new InvalidSetting('jobRoles is empty: no job could run. Name at least one role or pattern.');
  for (const pattern of patterns) {
    if (!Token.isUnresolved(pattern) && !/^arn:[^:]+:iam::[^:]+:role\/.+$/.test(pattern)) {
      throw new InvalidSetting(
        `jobRoles: "${pattern}" is not a role's ARN or a pattern of one, such as ` +
          'arn:aws:iam::111122223333:role/drover/*.',
      );
    }
  }
  if (JSON.stringify(patterns).length > LONGEST_PATTERNS) {
    throw new InvalidSetting(
      `jobRoles takes more than ${LONGEST_PATTERNS} characters. Put the roles under one path and name that.`,
    );
  }
}
