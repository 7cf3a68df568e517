/** The two languages of the API. XML unless JSON is asked for: the AWS clients of S3 Control say nothing. */
export type Language = 'xml' | 'json';

/** The language of a request's body, by its Content-Type. */
export function bodyLanguage(contentType: string | undefined): Language {
  return mediaTypes(contentType).some(isJson) ? 'json' : 'xml';
}

/** The language of the answer: what Accept names first, or else the language of the body. */
export function answerLanguage(accept: string | undefined, contentType: string | undefined): Language {
  for (const type of mediaTypes(accept)) {
    if (isJson(type)) return 'json';
    if (/^(application|text)\/xml$/.test(type)) return 'xml';
  }
  return bodyLanguage(contentType);
}

function mediaTypes(header: string | undefined): string[] {
  return (header ?? '').split(',').map((type) => (type.split(';')[0] ?? '').trim().toLowerCase());
}

function isJson(type: string): boolean {
  return type === 'application/json';
}
