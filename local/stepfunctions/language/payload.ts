/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value together with its text: states pass it on, events quote it and limits measure it, so write it once. */
export class Payload {
  readonly value: Json;
  #text: string | undefined;

  private constructor(value: Json, text?: string) {
    this.value = value;
    this.#text = text;
  }

  static of(value: Json): Payload {
    return new Payload(value);
  }

  /** Keeps the text as it was given. Throws a SyntaxError if it is not JSON. */
  static parse(text: string): Payload {
    return new Payload(JSON.parse(text) as Json, text);
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.value);
    return this.#text;
  }

  /** Length of the text in UTF-8, which is what Step Functions' payload quota counts. */
  get bytes(): number {
    return Buffer.byteLength(this.text);
  }
}

/** Whether the value is an object, neither null nor an array. */
export function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
