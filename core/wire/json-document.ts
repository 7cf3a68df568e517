import { MalformedDocument } from './malformed-document.ts';

/**
 * Reads a JSON body.
 *
 * @throws MalformedDocument when it is not one.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw new MalformedDocument('__proto__ is not a name that a member or key can have.');
      return value;
    });
  } catch (error) {
    if (error instanceof MalformedDocument) throw error;
    if (error instanceof SyntaxError) throw new MalformedDocument(`The body is not JSON: ${cleaned(error.message)}.`);
    // V8 answers a RangeError when arrays or objects are nested thousands deep.
    throw new MalformedDocument('The body is not JSON that can be read: it is nested too deep.');
  }
}

/** V8's message quotes the body's own characters, which may be anything. */
function cleaned(message: string): string {
  return message.replace(/[^\u0020-\u007e]/g, '?').slice(0, 200);
}
