import type { ScheduleProblem } from './schedule.ts';

/** The values of one field of a cron expression. */
export interface CronField {
  readonly values: ReadonlySet<number>;
}

interface FieldForm {
  readonly first: number;
  readonly last: number;
  /** Of the first value, the second, and so on. */
  readonly names?: readonly string[];
}

/** EventBridge User Guide, "Cron expressions reference". */
const FORMS = {
  minutes: { first: 0, last: 59 },
  hours: { first: 0, last: 23 },
  'days of the month': { first: 1, last: 31 },
  months: {
    first: 1,
    last: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  'days of the week': { first: 1, last: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
  years: { first: 1970, last: 2199 },
} as const satisfies Record<string, FieldForm>;

type FieldName = keyof typeof FORMS;

/** Values, ranges and steps, with commas between them. A range may go over the end: 22-2, SAT-SUN. */
export function parseField(name: FieldName, text: string): CronField | ScheduleProblem {
  const form: FieldForm = FORMS[name];
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const found = partOf(form, part);
    if (found === undefined) return { problem: problemOf(name, text) };
    for (const value of found) values.add(value);
  }
  return { values };
}

/** The years, and the first of them. */
export function parseYears(
  text: string,
): { readonly has: (year: number) => boolean; readonly first: number } | ScheduleProblem {
  const years = parseField('years', text);
  if ('problem' in years) return years;
  return { has: (year) => years.values.has(year), first: Math.min(...years.values) };
}

/** Which dates (midnights in UTC) the two fields mean, of which one is `?`. */
export function parseDates(
  dayOfMonth: string,
  dayOfWeek: string,
): { readonly has: (date: Date) => boolean } | ScheduleProblem {
  return dayOfMonth === '?' ? parseDaysOfWeek(dayOfWeek) : parseDaysOfMonth(dayOfMonth);
}

type DayTest = (date: Date) => boolean;

function parseDaysOfMonth(text: string): { readonly has: DayTest } | ScheduleProblem {
  const [, nearest] = /^(\d{1,2})W$/.exec(text) ?? [];
  if (nearest !== undefined && Number(nearest) >= 1 && Number(nearest) <= 31) {
    return { has: (date) => date.getUTCDate() === nearestWeekday(date, Number(nearest)) };
  }
  if (text.includes('W')) {
    return { problem: 'must have W after one day of the month, and by itself: 15W is the weekday nearest the 15th' };
  }
  const isLast: DayTest = (date) => date.getUTCDate() === lastDay(date);
  return daysOf('days of the month', text, (date) => date.getUTCDate(), { L: isLast });
}

function parseDaysOfWeek(text: string): { readonly has: DayTest } | ScheduleProblem {
  const weekday: DayOf = (date) => date.getUTCDay() + 1;
  if (text.includes('#')) {
    const [, day = '', nth] = /^([1-7]|[A-Z]{3})#([1-5])$/.exec(text) ?? [];
    const number = numberOf(FORMS['days of the week'], day);
    if (nth === undefined || number === undefined) {
      return { problem: 'must have # by itself between a day of the week and 1 to 5: 3#2 is the second Tuesday' };
    }
    return { has: (date) => weekday(date) === number && Math.ceil(date.getUTCDate() / 7) === Number(nth) };
  }
  if (text.includes('/')) return { problem: problemOf('days of the week', text) };
  // The last day of the week is its seventh; 6L is the last Friday of the month.
  const lastOfMonth = FORMS['days of the week'].names.flatMap((name, index) => {
    const has: DayTest = (date) => weekday(date) === index + 1 && date.getUTCDate() > lastDay(date) - 7;
    return [`${name}L`, `${index + 1}L`].map((form) => [form, has] as const);
  });
  return daysOf('days of the week', text, weekday, {
    L: (date) => weekday(date) === 7,
    ...Object.fromEntries(lastOfMonth),
  });
}

type DayOf = (date: Date) => number;

/** Values, and words that stand for days of their own. */
function daysOf(
  name: FieldName,
  text: string,
  dayOf: DayOf,
  words: Readonly<Record<string, DayTest>>,
): { readonly has: DayTest } | ScheduleProblem {
  const parts = text.split(',');
  const tests = parts.flatMap((part) => words[part] ?? []);
  const plain = parts.filter((part) => words[part] === undefined);
  if (plain.length === 0) return { has: (date) => tests.some((test) => test(date)) };
  const field = parseField(name, plain.join());
  if ('problem' in field) return field;
  return { has: (date) => field.values.has(dayOf(date)) || tests.some((test) => test(date)) };
}

function partOf(form: FieldForm, part: string): number[] | undefined {
  const [, any, fromText = '', toText, stepText] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
  const from = any === undefined ? numberOf(form, fromText) : form.first;
  const isOpen = any !== undefined || (toText === undefined && stepText !== undefined);
  const to = toText !== undefined ? numberOf(form, toText) : isOpen ? form.last : from;
  const step = Number(stepText ?? 1);
  if (from === undefined || to === undefined || step === 0) return undefined;
  const count = form.last - form.first + 1;
  const length = from <= to ? to - from + 1 : to - from + 1 + count;
  if (from > to && form === FORMS.years) return undefined;
  const values: number[] = [];
  for (let at = 0; at < length; at += step) values.push(form.first + ((from - form.first + at) % count));
  return values;
}

function numberOf({ first, last, names = [] }: FieldForm, text: string): number | undefined {
  const name = names.indexOf(text);
  if (name >= 0) return first + name;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : -1;
  return value >= first && value <= last ? value : undefined;
}

function problemOf(name: FieldName, text: string): string {
  const { first, last, names }: FieldForm = FORMS[name];
  const range = names === undefined ? `${first} to ${last}` : `${first} (${names[0]}) to ${last} (${names.at(-1)})`;
  return `must have ${name} from ${range}, or *; '${text}' is not`;
}

function lastDay(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** In the same month; undefined where that has no such day. */
function nearestWeekday(date: Date, day: number): number | undefined {
  const last = lastDay(date);
  if (day > last) return undefined;
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === last ? day - 2 : day + 1;
  return day;
}
