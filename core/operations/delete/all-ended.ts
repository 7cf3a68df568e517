/** As Promise.all, but nothing is under way any more when it rejects: a worker ends with no request in flight. */
export async function allEnded<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const ends = await Promise.allSettled(promises);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
