/** A quantity at a size. */
export interface Point {
  readonly size: number;
  readonly value: number;
}

/**
 * The exponent k of value = c · size^k that fits the points best (least squares over logarithms): 1 is a straight line,
 * 0 is flat.
 */
export function exponent(points: readonly Point[]): number {
  const logs = points.map(({ size, value }) => ({ x: Math.log(size), y: Math.log(value) }));
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const covariance = logs.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  const variance = logs.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return covariance / variance;
}
