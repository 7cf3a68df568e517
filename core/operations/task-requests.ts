/**
 * What a task asks of S3, of KMS and of functions: on average, where nothing fails and nothing is as it should be
 * already. Fractions where one request serves many tasks. What is left out is none.
 */
export interface TaskRequests {
  /** PUT, COPY, POST and LIST: S3 charges for these together. */
  readonly writes?: number;
  /** GET and HEAD. */
  readonly reads?: number;
  /** Objects, versions or tag sets that are deleted: free of charge, and part of the rate that S3 takes. */
  readonly deletes?: number;
  /** RestoreObject: charged by the tier and by the class that the object is in. */
  readonly restores?: number;
  /** Requests that S3 makes of KMS for the object, with the key that the job names. */
  readonly kms?: number;
  /** Invocations of the job's function. */
  readonly invocations?: number;
  /** Bytes that the worker itself reads; S3 copies without it. */
  readonly bytesRead?: number;
}
