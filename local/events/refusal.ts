/** What EventBridge answers instead of a result; always with status 400 unless it is the service itself that failed. */
export class EventsRefusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** Of the HTTP answer. */
    readonly status = 400,
  ) {
    super(message);
  }
}

/** A parameter of the request is not valid. */
export function validationFailure(message: string): EventsRefusal {
  return new EventsRefusal('ValidationException', message);
}

/** An event pattern is not valid. */
export function invalidPattern(reason: string): EventsRefusal {
  return new EventsRefusal('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

/** There is no such rule. */
export function ruleNotFound(name: string): EventsRefusal {
  const text = `Rule ${name} does not exist on EventBus default.`;
  return new EventsRefusal('ResourceNotFoundException', text);
}
