/** An error of the API: `type` is the exception's name in the service's model. Always answered with status 400. */
export class StepFunctionsError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}
