/** What a token might stand for, by the name of the member that holds it: for checks before anything is deployed. */
const SAMPLES: readonly (readonly [member: RegExp, sample: string])[] = [
  [/^RoleArn$/, 'arn:aws:iam::111122223333:role/drover/sample'],
  [/^FunctionArn$/, 'arn:aws:lambda:us-east-1:111122223333:function:sample'],
  [/^NotificationTopicArn$/, 'arn:aws:sns:us-east-1:111122223333:sample'],
  [/^ObjectArn$/, 'arn:aws:s3:::amzn-s3-demo-bucket/sample.csv'],
  [/^(KeyId|KMSKeyArn|.*KmsKey.*)$/i, 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  [/(Bucket|TargetResource)$/, 'arn:aws:s3:::amzn-s3-demo-bucket'],
  [/(Owner|Account|AccountId)$/, '111122223333'],
];

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Sample',
};

/**
 * A value as the stack's template has it, with everything in it that is known only when it is deployed replaced by what it
 * might be. What is deployed is checked again, as it is.
 */
export function withSamples(value: unknown, member = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => withSamples(each, member));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Ref') return PSEUDO[String(argument)] ?? sampleFor(member);
  if (others.length === 0 && name === 'Fn::Join' && Array.isArray(argument)) return joined(argument, member);
  if (others.length === 0 && name.startsWith('Fn::')) return sampleFor(member);
  return Object.fromEntries(Object.entries(value).map(([each, inner]) => [each, withSamples(inner, each)]));
}

function joined([separator, parts]: readonly unknown[], member: string): string {
  return (Array.isArray(parts) ? parts : []).map((part) => String(withSamples(part, member))).join(String(separator));
}

function sampleFor(member: string): string {
  return SAMPLES.find(([pattern]) => pattern.test(member))?.[1] ?? 'sample';
}
