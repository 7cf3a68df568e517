/** Thrown to the test, never to the code under test: the process died. */
export class Death extends Error {
  override readonly name = 'Death';
}

/**
 * The life of one invocation: it ends at its n-th side effect, just before or just after it. From then on nothing that it
 * calls ever answers, as with a process that was killed.
 */
export class Life {
  private left: number;
  dead = false;
  /** What happens elsewhere just before each side effect, named by the method. */
  meanwhile: (call: string) => Promise<void> = async () => undefined;
  private readonly died: Promise<never>;
  private die: () => void = () => undefined;

  constructor(
    effects: number,
    private readonly afterwards: boolean,
  ) {
    this.left = effects;
    this.died = new Promise((_, reject) => {
      this.die = () => reject(new Death('the invocation was killed'));
    });
    this.died.catch(() => undefined);
  }

  static readonly forever = (): Life => new Life(Number.POSITIVE_INFINITY, false);

  /** The work's result, or Death if the life ends first. */
  async live<Result>(work: () => Promise<Result>): Promise<Result> {
    return await Promise.race([work(), this.died]);
  }

  /** A side effect: carried out unless the life is over. */
  async effect<Result>(call: () => Promise<Result>, name = ''): Promise<Result> {
    if (!this.dead) await this.meanwhile(name);
    if (this.dead) return await never();
    this.left -= 1;
    if (this.left > 0) {
      const result = await call();
      return this.dead ? await never() : result;
    }
    this.dead = true;
    if (this.afterwards) await call();
    this.die();
    return await never();
  }

  /** Ends it here and now. */
  kill(): void {
    this.dead = true;
    this.die();
  }

  /** The object, with every method call a side effect of this life. */
  of<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.effect(async () => await Reflect.apply(member, object, args), String(name));
      },
    });
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
