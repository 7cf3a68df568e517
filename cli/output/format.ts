/** A count with its thousands apart: 12,345. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A count and its noun: `1 task`, `12 tasks`. */
export function formatTasks(count: number, adjective = ''): string {
  return `${formatCount(count)} ${adjective}${adjective === '' ? '' : ' '}${count === 1 ? 'task' : 'tasks'}`;
}

/** Seconds as people say them: `0 s`, `59 s`, `1 min 05 s`, `2 h 03 min`, `4 d 05 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${twoDigits(Math.floor((whole % 3_600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${twoDigits(Math.floor((whole % 86_400) / 3_600))} h`;
}

/** Tasks a second: one decimal below ten. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? `${perSecond.toFixed(1)}/s` : `${formatCount(perSecond)}/s`;
}

/** Percent, rounded down, so that 100 % is shown only when everything is done. */
export function formatPercent(done: number, total: number): string {
  return total === 0 ? '100 %' : `${Math.floor((100 * done) / total)} %`;
}

/** A time of the API (ISO 8601) to the second, in UTC: `2026-11-23 18:31:05Z`. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : time
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');
}

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `1 worker`, `1,000 workers`. */
export function formatWorkers(workers: number): string {
  return `${formatCount(workers)} ${workers === 1 ? 'worker' : 'workers'}`;
}
