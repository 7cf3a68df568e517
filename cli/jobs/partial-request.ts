/** Members of CreateJob's request, as far as they are known. */
export type PartialRequest = Readonly<Record<string, unknown>>;
