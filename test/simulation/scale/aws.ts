/** What the model takes for granted of AWS. docs/scale.md says where each comes from. */
export const AWS = {
  /** Milliseconds of a DynamoDB request: "single-digit milliseconds" (https://aws.amazon.com/dynamodb/). */
  dynamoRead: 5,
  dynamoWrite: 7,
  /** Milliseconds of a small S3 request: 100 to 200 (S3 User Guide, "optimizing-performance"); what an estimate assumes too. */
  s3: 100,
  /** Milliseconds from a state to the next, and from a Task to its function. Not documented. */
  transition: 25,
  /** Milliseconds until a Map run has been started, has read its CSV and starts its first child. Not documented. */
  mapBegin: 3_000,
  /** Milliseconds from the end of a Map run's last child to the next state. Not documented. */
  mapEnd: 1_000,
  /** STANDARD children that a Map run starts in a second (Step Functions, "service-quotas"). */
  childrenPerSecond: 100,
  /** Milliseconds of INIT of a new environment; billed. Not documented, depends on the bundle. */
  init: 500,
  /** Milliseconds until an asynchronous invocation begins. Not documented. */
  asyncInvoke: 50,
} as const;

/** What Drover's own computing takes: docs/performance.md. */
export const COMPUTING = {
  /** Seconds for a line of the manifest, and for one of the report (core/estimate/drover-usage.ts). */
  prepareLine: 1 / 500_000,
  reportLine: 1 / 1_000_000,
  /** Milliseconds of a turn for each shard of the plan: 200,000 take some 0.6 s on one core. */
  turnShard: 3 / 1_000,
} as const;

/** Quotas that the outcome is held against. */
export const QUOTAS = {
  /** Units a second of one item, or of one partition (DynamoDB, "bp-partition-key-design"). */
  itemWrites: 1_000,
  itemReads: 3_000,
  /** Of one partition of a bucket (S3 User Guide, "optimizing-performance"). */
  s3Writes: 3_500,
  s3Reads: 5_500,
  /** Step Functions, "service-quotas": us-east-1, us-west-2, eu-west-1; elsewhere 800. */
  transitions: 5_000,
  /** Environments of one function in ten seconds (Lambda, "scaling-behavior"). */
  environments: 1_000,
} as const;
