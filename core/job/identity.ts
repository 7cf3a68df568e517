/** Where this Drover is. */
export interface Identity {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}
